#include "elect/clock.h"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>

namespace elect {

BootTime BootClock::now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return BootTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

void pause_for(std::chrono::nanoseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  // In pieces: the library adds the duration to a clock's reading, and the longest would overflow it.
  constexpr std::chrono::nanoseconds kPiece = std::chrono::hours(24);
  for (; duration > duration.zero() && !stop.stop_requested(); duration -= std::min(duration, kPiece)) {
    never.wait_for(lock, stop, std::min(duration, kPiece), [] { return false; });
  }
}

}  // namespace elect
