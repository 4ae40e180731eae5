#include "process/signals.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>

#include "elect/client.h"
#include "output.h"

namespace cli {
namespace {

using namespace std::chrono_literals;

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

// Ends the program if a call to etcd hangs: the main thread may wait for it for ever, and no signal ends that wait. The
// guard notices that electctl is gone, and ends CMD.
class Watchdog {
 public:
  // Call it once a second at least. If a call of it is late, this process was stopped, or did not get the processor.
  // Then the calls to etcd need a moment to end.
  void look() {
    const auto now = std::chrono::steady_clock::now();
    const auto since = now - last_look_;
    if (since < 1s) return;
    const bool held_up = since > 3s;
    last_look_ = now;
    hung_looks_ = held_up || elect::Client::overdue() < kPatience ? 0 : hung_looks_ + 1;
    if (hung_looks_ < kHungLooks) return;
    say_error(
        "a call to etcd does not end; the system may have refused it a thread: "
        "raise ulimit -u, ulimit -v or the control group's pids.max");
    ::_exit(kError);
  }

 private:
  static constexpr auto kPatience = 5s;
  static constexpr int kHungLooks = 3;

  std::chrono::steady_clock::time_point last_look_ = std::chrono::steady_clock::now();
  int hung_looks_ = 0;
};

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
