// The clock that leases are measured on: CLOCK_BOOTTIME, which runs on while the machine sleeps and never jumps. A
// laptop that wakes up after a minute has lost its ten-second lease, and this clock says so.
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

// How long an operation may take: it ends when either comes, with Errc::interrupted after a stop request, with an
// outcome or error of its own after the deadline. Without a deadline a call takes the client's command_timeout at most,
// and what waits for others (wait, hold, observe, watch) waits for ever.
struct Until {
  std::stop_token stop;
  std::optional<BootTime> deadline;
};

// Sleeps, but no longer than until the stop request. The time that the machine sleeps counts.
void pause_for(std::chrono::nanoseconds duration, const std::stop_token& stop);

// So long after `time`; never before it, however long that is.
[[nodiscard]] inline BootTime saturating_add(BootTime time, std::chrono::nanoseconds duration) {
  return duration > BootTime::max() - time ? BootTime::max() : time + duration;
}

// Waits until `done`, as a condition variable's wait_until with a stop token, on the boot clock. A condition variable
// knows only the clock that stands still while the machine sleeps, so that it is to be woken now and then to look: a
// machine that slept finds the deadline half a second late at most. Answers what `done` does.
template <typename Done>
bool wait_on_boot_clock(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock, BootTime deadline,
                        const std::stop_token& stop, const Done& done) {
  // What waits for ever misses no deadline. No longer at once than this: the library adds it to a clock's reading,
  // which the longest durations would overflow.
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
