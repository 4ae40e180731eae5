// The clock that leases are measured on: CLOCK_BOOTTIME, which runs on while the machine sleeps and never jumps. A
// laptop that wakes up after a minute has lost its ten-second lease, and this clock says so.
#pragma once

#include <chrono>
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

// Sleeps, but no longer than until the stop request.
void pause_for(std::chrono::nanoseconds duration, const std::stop_token& stop);

// So long after `time`; never before it, however long that is.
[[nodiscard]] inline BootTime later(BootTime time, std::chrono::nanoseconds duration) {
  return duration > BootTime::max() - time ? BootTime::max() : time + duration;
}

[[nodiscard]] inline Until within(std::chrono::nanoseconds duration, std::stop_token stop = {}) {
  return Until{std::move(stop), later(BootClock::now(), duration)};
}

}  // namespace elect
