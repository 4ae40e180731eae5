#include "process/init.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace cli {
namespace {

// Reaps all children that have ended. If the worker is one of them, exits with its exit code.
void reap(pid_t worker) {
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
    if (ended == worker) ::_exit(WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

[[noreturn]] void serve(pid_t worker, const sigset_t& all) {
  for (;;) {
    siginfo_t signal{};
    const int number = ::sigwaitinfo(&all, &signal);
    if (number == SIGCHLD) {
      reap(worker);
    } else if (number > 0 && signal.si_code != SI_KERNEL) {
      ::kill(worker, number);  // The worker gets signals from the terminal (SI_KERNEL) itself.
    }
  }
}

}  // namespace

std::expected<void, Failure> become_init() {
  if (::getpid() != 1) return {};
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t worker = ::fork();
  if (worker > 0) serve(worker, all);
  const int error = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (worker == 0) return {};
  return std::unexpected(Failure(kError, fmt::format("cannot start a process: {}; see ulimit -u and the control "
                                                     "group's pids.max",
                                                     std::strerror(error))));
}

}  // namespace cli
