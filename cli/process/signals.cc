#include "process/signals.h"

#include <csignal>
#include <ctime>

#include "process/watchdog.h"

namespace cli {
namespace {

constexpr int kWake = SIGURG;  // Ignored by default, and not used elsewhere in electctl.

// SIGHUP stays ignored under nohup. SIGQUIT stays ignored in the background of a script. SIGINT counts even if such a
// script ignores it: as with etcdctl, `kill -INT` asks a holder to withdraw.
bool is_ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, kWake})
    sigaddset(&set, number);
  for (const int number : {SIGHUP, SIGQUIT}) {
    if (is_ignored(number)) sigdelset(&set, number);
  }
  return set;
}

bool ends_program(int number) { return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT; }

}  // namespace

Signals::Signals(std::function<void(int)> handler) : handler_(std::move(handler)) {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::jthread([this](const std::stop_token& own) { receive(own); });
}

Signals::~Signals() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), kWake);
}

void Signals::receive(const std::stop_token& own) {
  const sigset_t set = watched_signals();
  constexpr timespec kSecond{1, 0};
  Watchdog watchdog;
  int seen = 0;
  while (!own.stop_requested()) {
    const int number = sigtimedwait(&set, nullptr, &kSecond);
    watchdog.look();
    if (number < 0 || number == kWake) continue;
    came_ |= std::uint64_t{1} << number;
    const bool passing_on = passing_on_;
    // CMD may use SIGHUP and SIGQUIT for something else: to read its configuration again, or to print the stacks of its
    // threads.
    if (ends_program(number) && (!passing_on || (number != SIGHUP && number != SIGQUIT))) {
      if (!passing_on) ++seen;
      if (first_ == 0) {
        first_ = number;
        stop_.request_stop();
      }
      if (seen == 3) third_signal_.request_stop();
    }
    if (handler_) handler_(number);
  }
}

}  // namespace cli
