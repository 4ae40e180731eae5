#include "signals.h"

#include <unistd.h>

#include <csignal>

namespace cli {
namespace {

constexpr int kWake = SIGURG;  // Ignored by default, and used by nobody else here.

// Under nohup SIGHUP stays ignored. SIGINT counts also where a shell script started us in the background and had it
// ignored: as with etcdctl, `kill -INT` is how a holder is asked to withdraw.
bool hangup_is_ignored() {
  struct sigaction action {};
  return sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, kWake}) sigaddset(&set, number);
  if (hangup_is_ignored()) sigdelset(&set, SIGHUP);
  return set;
}

bool ends(int number) { return number == SIGINT || number == SIGTERM || number == SIGHUP; }

}  // namespace

Signals::Signals(std::function<void(int)> handler) : handler_(std::move(handler)) {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::jthread([this](const std::stop_token& own) { take(own); });
}

Signals::~Signals() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), kWake);
}

void Signals::take(const std::stop_token& own) {
  const sigset_t set = watched();
  int seen = 0;
  while (!own.stop_requested()) {
    int number = 0;
    if (sigwait(&set, &number) != 0 || number == kWake) continue;
    const bool passing_on = passing_on_;
    if (ends(number) && !(passing_on && number == SIGHUP)) {
      if (!passing_on) ++seen;
      if (first_ == 0) {
        first_ = number;
        stop_.request_stop();
      }
      if (seen == 3) impatient_.request_stop();
    }
    if (handler_) handler_(number);
  }
}

}  // namespace cli
