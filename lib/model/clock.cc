#include "elect/clock.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace elect {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (is_open()) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  const int number_;
};

void pause_without_descriptors(std::chrono::nanoseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  wait_on_boot_clock(never, lock, saturating_add(BootClock::now(), duration), stop, [] { return false; });
}

}  // namespace

BootTime BootClock::now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return BootTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

void pause_for(std::chrono::nanoseconds duration, const std::stop_token& stop) {
  if (duration <= duration.zero() || stop.stop_requested()) return;
  const Descriptor timer(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC));
  const Descriptor stopped(::eventfd(0, EFD_CLOEXEC));
  if (!timer.is_open() || !stopped.is_open()) return pause_without_descriptors(duration, stop);
  const auto whole = std::chrono::floor<std::chrono::seconds>(duration);
  const itimerspec until{{}, {static_cast<time_t>(whole.count()), static_cast<long>((duration - whole).count())}};
  ::timerfd_settime(timer.number(), 0, &until, nullptr);
  const std::stop_callback wake(stop, [&stopped] { (void)::eventfd_write(stopped.number(), 1); });
  std::array<pollfd, 2> either{{{timer.number(), POLLIN, 0}, {stopped.number(), POLLIN, 0}}};
  while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
  }
}

}  // namespace elect
