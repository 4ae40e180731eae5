// The clock for leases: CLOCK_BOOTTIME. It never jumps, and it also runs while the machine sleeps. A laptop that sleeps
// for a minute loses its ten-second lease, and this clock shows it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

namespace elect {

struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  [[nodiscard]] static time_point now() noexcept;
};

using BootTime = BootClock::time_point;

// How long an operation may take. After a stop request it ends with Errc::interrupted. After the deadline it ends with
// an outcome or error of its own. Without a deadline each call to etcd takes command_timeout at most, and operations
// that wait for others (wait, hold, observe, watch) wait for ever.
struct Until {
  std::stop_token stop{};
  std::optional<BootTime> deadline{};
};

// Sleeps for `duration` or until a stop request. Time in which the machine sleeps counts.
void pause_for(std::chrono::nanoseconds duration, const std::stop_token& stop);

// time + duration, or the latest time there is if that would overflow.
[[nodiscard]] inline BootTime saturating_add(BootTime time, std::chrono::nanoseconds duration) {
  return duration > BootTime::max() - time ? BootTime::max() : time + duration;
}

// Like wait_until with a stop token, but on the boot clock. Condition variables only know a clock that stops while the
// machine sleeps. So this wakes up every half second and checks the boot clock. After a sleep of the machine it is at
// most half a second late. Returns done().
template <typename Done>
bool wait_on_boot_clock(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock, BootTime deadline,
                        const std::stop_token& stop, const Done& done) {
  // Without a deadline there is none to miss. But wait_for adds the duration to the current time, which could overflow:
  // so one wait is a day at most.
  const std::chrono::nanoseconds piece =
      deadline == BootTime::max() ? std::chrono::hours(24) : std::chrono::milliseconds(500);
  while (!done() && !stop.stop_requested()) {
    const auto left = deadline - BootClock::now();
    if (left <= left.zero()) break;
    changed.wait_for(lock, stop, std::min<std::chrono::nanoseconds>(left, piece), done);
  }
  return done();
}

[[nodiscard]] inline Until within(std::chrono::nanoseconds duration, std::stop_token stop = {}) {
  return Until{std::move(stop), saturating_add(BootClock::now(), duration)};
}

}  // namespace elect
