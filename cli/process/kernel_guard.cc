#include "process/kernel_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <utility>

#include "process/old_kernel.h"
#include "process/process_name.h"

namespace cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

[[noreturn]] void run_holder(pid_t guard, int file, int ready) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // Needed until the holder is in CMD's group, which is killed.
  if (getppid() != guard) _exit(0);
  rename_process("leader-holder");
  keep_only({file, ready});
  if (ready >= 0) {
    [[maybe_unused]] const ssize_t written = write(ready, "", 1);
    close(ready);
  }
  for (;;) pause();
}

}  // namespace

void keep_only(std::initializer_list<int> files) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int stream = 0; stream <= STDERR_FILENO; ++stream) {
    if (null < 0 || dup2(null, stream) < 0) close(stream);
  }
  for (int from = STDERR_FILENO + 1;;) {
    constexpr int none = std::numeric_limits<int>::max();
    int next = none;
    for (const int file : files) {
      if (file >= from) next = std::min(next, file);
    }
    close_files(static_cast<unsigned>(from), next == none ? ~0U : static_cast<unsigned>(next - 1));
    if (next == none) return;
    from = next + 1;
  }
}

bool KillTimer::make() {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  return timer_create(CLOCK_BOOTTIME, &event, &timer_) == 0;
}

bool KillTimer::set(std::int64_t time) const {
  itimerspec when{};
  when.it_value.tv_sec = time / kSecond;
  when.it_value.tv_nsec = time % kSecond;
  return timer_settime(timer_, TIMER_ABSTIME, &when, nullptr) == 0;
}

bool GroupKiller::start_holder(int ready) {
  const pid_t guard = getpid();
  // A clone that sends no SIGCHLD when it ends. waitid(2) counts it among the children only with __WALL or __WCLONE.
  auto pid = static_cast<pid_t>(syscall(SYS_clone, 0L, nullptr, nullptr, nullptr, 0L));
  // qemu does not support this. With an ordinary fork, CMD's end is reported a little later.
  if (pid < 0 && errno == EINVAL) pid = fork();
  if (pid == 0) run_holder(guard, pipe_[0], ready);
  if (pid > 0) holder_ = pid;
  return pid > 0;
}

bool GroupKiller::make() {
  int ready[2];
  if (pipe2(pipe_, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0) return false;
  holder_ready_ = ready[0];
  const bool started = start_holder(ready[1]);
  const int error = errno;
  close(ready[1]);
  errno = error;
  return started;
}

bool GroupKiller::arm(pid_t group) {
  // Wait until the holder has closed its copy of the write end. Otherwise our death would leave a writer.
  char byte = 0;
  constexpr int timeout_in_ms = 5000;
  pollfd readable{holder_ready_, POLLIN, 0};
  const bool is_ready = poll(&readable, 1, timeout_in_ms) == 1 && read(holder_ready_, &byte, 1) == 1;
  close(std::exchange(holder_ready_, -1));
  if (!is_ready) errno = ECHILD;
  return is_ready && setpgid(holder_, group) == 0 && fcntl(pipe_[0], F_SETSIG, SIGKILL) == 0 &&
         fcntl(pipe_[0], F_SETOWN, -group) == 0 && fcntl(pipe_[0], F_SETFL, O_ASYNC) == 0;
}

void GroupKiller::keep_reader_over_exec() const {
  close(pipe_[1]);
  // A high number: scripts use low ones themselves.
  for (const int number : {1000, 200, 50, 20}) {
    if (fcntl(pipe_[0], F_DUPFD, number) >= 0) return;
  }
  fcntl(pipe_[0], F_SETFD, 0);
}

void GroupKiller::keep_holder(pid_t group) {
  if (holder_ != 0 && waitpid(holder_, nullptr, __WALL | WNOHANG) == 0) return;
  holder_ = 0;
  if (start_holder(-1)) setpgid(holder_, group);
}

void GroupKiller::end_holder() {
  if (holder_ == 0) return;
  // Kill it only if it is still our child. If it came from an ordinary fork, it may be reaped already.
  if (waitpid(holder_, nullptr, __WALL | WNOHANG) == 0) kill(holder_, SIGKILL);
  while (waitpid(holder_, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  holder_ = 0;
}

}  // namespace cli
