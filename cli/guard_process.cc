#include "guard_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "guard.h"
#include "old_kernel.h"

namespace cli {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

// The terminal that controls us, or -1.
class Terminal {
 public:
  Terminal() : file_(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {}
  ~Terminal() {
    if (file_ >= 0) close(file_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] pid_t foreground() const { return tcgetpgrp(file_); }
  void give_to(pid_t group) const { tcsetpgrp(file_, group); }

 private:
  int file_;
};

bool is_gone(pid_t group) { return kill(-group, 0) != 0 && errno == ESRCH; }

// Whether /proc's directory `process` is of a living member of the group.
bool is_living_member(int proc, const char* process, pid_t group) {
  char path[64];
  std::snprintf(path, sizeof path, "%.40s/stat", process);
  const int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[512];
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  text[std::max<ssize_t>(size, 0)] = '\0';
  const char* after_name = std::strrchr(text, ')');
  char state = 'X';
  int parent = 0;
  int its_group = 0;
  if (after_name == nullptr || std::sscanf(after_name, ") %c %d %d", &state, &parent, &its_group) != 3) return false;
  return its_group == group && state != 'Z' && state != 'X';
}

// What is left of the forked child's way to CMD.
[[noreturn]] void become(std::uintptr_t* image, pid_t guard, bool take_terminal, int failure) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guard) _exit(128 + SIGKILL);  // It died before the kernel knew that we want to go with it.
  setpgid(0, 0);
  if (take_terminal) tcsetpgrp(STDIN_FILENO, getpid());  // SIGTTOU is still blocked.
  for (const int number : {SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU}) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  auto** strings = reinterpret_cast<char**>(image + 1);
  environ = strings + image[0] + 1;
  execvp(strings[0], strings);
  const int error = errno;
  [[maybe_unused]] const ssize_t told = write(failure, &error, sizeof error);
  _exit(error == ENOENT ? 127 : 126);
}

// The CommandImage in `file`, its offsets made pointers; or null, and errno.
std::uintptr_t* map_image(int file) {
  struct stat status {};
  if (file < 0) errno = EMFILE;  // There was no descriptor left to receive it by.
  if (file < 0 || fstat(file, &status) != 0) return nullptr;
  void* memory = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* image = static_cast<std::uintptr_t*>(memory);
  std::uintptr_t* offset = image + 1;
  for (int lists_to_come = 2; lists_to_come > 0; ++offset) {
    if (*offset != 0) {
      *offset += reinterpret_cast<std::uintptr_t>(memory);
    } else {
      --lists_to_come;
    }
  }
  return image;
}

class GuardProcess {
 public:
  GuardProcess(int socket, pid_t home, std::int64_t kill_after)
      : socket_(socket), home_(home), kill_after_(kill_after) {}

  [[noreturn]] void run() {
    setpgid(0, 0);
    prctl(PR_SET_NAME, "electctl:guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // What CMD leaves behind becomes our child, for us to reap.
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    children_ = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    timer_ = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (children_ < 0 || timer_ < 0) _exit(1);
    for (;;) {
      while (!alone_ && take_order()) {
      }
      if (cmd_ == 0 && alone_) _exit(0);
      if (cmd_ != 0) {
        take_children();
        keep_deadline();
      }
      wait();
    }
  }

 private:
  // Waits for an order, a deadline, a child's end. What is left of CMD's group need not be a child of ours.
  void wait() const {
    pollfd watched[] = {{alone_ ? -1 : socket_, POLLIN, 0}, {timer_, POLLIN, 0}, {children_, POLLIN, 0}};
    const timespec tick{0, 2'000'000};
    ppoll(watched, std::size(watched), cmd_ended_ ? &tick : nullptr, nullptr);
    signalfd_siginfo seen;
    while (read(children_, &seen, sizeof seen) > 0) {
    }
  }

  // False: there is none, or electctl is gone.
  bool take_order() {
    GuardOrder order;
    int files[2] = {-1, -1};
    const ssize_t size = receive(order, files);
    if (size < 0 && errno == EINTR) return true;
    if (size < 0 && errno == EAGAIN) return false;
    if (size != sizeof order) {
      alone_ = true;
      end(Ending::Cause::told);
      return false;
    }
    switch (order.kind) {
      case GuardOrder::deadline:
        term_at_ = order.term_at;
        kill_at_ = order.kill_at;
        break;
      case GuardOrder::run:
        if (cmd_ != 0) break;
        held_ = std::exchange(files[1], -1);
        start(files[0]);
        break;
      case GuardOrder::signal:
        signal_group(order.number);
        if (order.number == SIGTERM || order.number == SIGINT || order.number == SIGHUP || order.number == SIGQUIT) {
          signal_group(SIGCONT);
        }
        break;
      case GuardOrder::stop:
        end(Ending::Cause::told);
        break;
      case GuardOrder::resume:
        resume();
        break;
    }
    for (const int file : files) {
      if (file >= 0) close(file);
    }
    return true;
  }

  ssize_t receive(GuardOrder& order, int (&files)[2]) const {
    iovec part{&order, sizeof order};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof files)];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = recvmsg(socket_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) return size;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
      std::memcpy(files, CMSG_DATA(header), std::min<std::size_t>(header->cmsg_len - CMSG_LEN(0), sizeof files));
    }
    // No descriptor was left for one of them: that is as good as none.
    for (int& file : files) {
      if ((message.msg_flags & MSG_CTRUNC) != 0 && file >= 0) close(std::exchange(file, -1));
    }
    return size;
  }

  void start(int file) {
    if (!ending_ && now() >= term_at_) end(Ending::Cause::deadline);
    if (ending_) report_and_exit(128 + SIGTERM, 0);
    std::uintptr_t* image = map_image(file);
    int pipe_ends[2] = {-1, -1};
    if (image == nullptr || pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) report_and_exit(126, errno);
    struct stat output {};
    lent_ = tcgetpgrp(STDIN_FILENO) == home_ && fstat(STDOUT_FILENO, &output) == 0 && !S_ISFIFO(output.st_mode);
    if (lent_) tcgetattr(STDIN_FILENO, &modes_);
    const pid_t guard = getpid();
    const pid_t pid = fork();
    if (pid < 0) report_and_exit(126, errno);
    if (pid == 0) become(image, guard, lent_, pipe_ends[1]);
    setpgid(pid, pid);  // CMD does so, too: whoever comes first.
    cmd_ = pid;
    failure_ = pipe_ends[0];
    report({.kind = GuardReport::started, .number = pid}, MSG_DONTWAIT);
    let_go_of_files();
  }

  // CMD's standard streams and inherited descriptors are none of ours: who reads its output is to see its end.
  void let_go_of_files() const {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = 0; stream <= STDERR_FILENO; ++stream) {
      if (null < 0 || dup2(null, stream) < 0) close(stream);
    }
    int ours[] = {socket_, children_, timer_, failure_, held_};
    std::sort(std::begin(ours), std::end(ours));
    int from = STDERR_FILENO + 1;
    for (const int file : ours) {
      if (file > from) close_files(static_cast<unsigned>(from), static_cast<unsigned>(file - 1));
      from = std::max(from, file + 1);
    }
    close_files(static_cast<unsigned>(from), ~0U);
  }

  // CMD is not reaped yet, so that neither number can be another's.
  void signal_group(int number) const {
    if (cmd_ == 0 || cmd_ended_) return;
    if (kill(-cmd_, number) != 0) kill(cmd_, number);
  }

  void end(Ending::Cause cause) {
    if (cmd_ended_) return;
    // What ends CMD for its deadline is that deadline, whatever is told later.
    const std::int64_t kill_at = cause == Ending::Cause::deadline ? kill_at_ : now() + kill_after_;
    last_at_ = std::min(last_at_, kill_at);
    if (ending_) return;
    ending_ = true;
    cause_ = cause;
    signal_group(SIGTERM);
    signal_group(SIGCONT);
  }

  void keep_deadline() {
    const std::int64_t time = now();
    if (!ending_ && time >= term_at_) end(Ending::Cause::deadline);
    if (ending_ && !killed_ && time >= std::min(last_at_, kill_at_)) {
      killed_ = true;
      signal_group(SIGKILL);
    }
    std::int64_t next = ending_ ? std::min(last_at_, kill_at_) : term_at_;  // In the future, or not armed.
    if (killed_ || cmd_ended_ || next == kNever) next = 0;                  // Disarms.
    itimerspec timer{};
    timer.it_value.tv_sec = next / 1'000'000'000;
    timer.it_value.tv_nsec = next % 1'000'000'000;
    timerfd_settime(timer_, TFD_TIMER_ABSTIME, &timer, nullptr);
  }

  void take_children() {
    siginfo_t child{};
    while (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 && child.si_pid != 0) {
      const bool is_cmd = child.si_pid == cmd_ && !cmd_ended_;
      if (is_cmd) signal_group(SIGKILL);  // The rest of its group, while its own zombie keeps the number.
      waitid(P_PID, static_cast<id_t>(child.si_pid), &child, WEXITED | WNOHANG);
      if (is_cmd) {
        cmd_ended_ = true;
        by_signal_ = child.si_code == CLD_EXITED ? 0 : child.si_status;
        exit_code_ = by_signal_ == 0 ? child.si_status : 128 + by_signal_;
      }
      child = {};
    }
    if (!cmd_ended_) return take_stop();
    const int missing = kill(-cmd_, 0) == 0 ? 0 : errno;  // EPERM: it has members, and they are another user's.
    if (missing == ESRCH || (missing == 0 && ++looks_ % 64 == 0 && !has_living_member(cmd_))) finish();
  }

  void take_stop() {
    siginfo_t child{};
    if (waitid(P_PID, static_cast<id_t>(cmd_), &child, WSTOPPED | WNOHANG) != 0 || child.si_pid == 0) return;
    const Terminal terminal;
    if (terminal.file() < 0) {
      // Without one it was electctl that passed the stop on, and it has to stop too.
      if (child.si_status == SIGTSTP && !ending_)
        report({.kind = GuardReport::stopped, .number = SIGTSTP}, MSG_DONTWAIT);
      return;
    }
    const int number = child.si_status;
    const pid_t foreground = terminal.foreground();
    const bool wants_it = number == SIGTTIN || number == SIGTTOU;
    if (wants_it && (foreground == home_ || foreground == cmd_)) {
      if (foreground == home_) lend(terminal);
      signal_group(SIGCONT);
    } else if (!ending_ && (number != SIGSTOP || foreground == cmd_)) {
      take_back(terminal);
      report({.kind = GuardReport::stopped, .number = number}, MSG_DONTWAIT);
    }
  }

  void resume() {
    if (cmd_ == 0) return;
    const Terminal terminal;
    if (lent_ && terminal.file() >= 0 && terminal.foreground() == home_) lend(terminal);
    signal_group(SIGCONT);
  }

  void lend(const Terminal& terminal) {
    lent_ = true;
    tcgetattr(terminal.file(), &modes_);
    terminal.give_to(cmd_);
  }

  // Not from a group that is neither CMD's nor gone: the shell's, which may have it already.
  void take_back(const Terminal& terminal) const {
    const pid_t foreground = terminal.foreground();
    if (lent_ && foreground > 0 && (foreground == cmd_ || is_gone(foreground))) terminal.give_to(home_);
  }

  [[noreturn]] void finish() {
    int error = 0;
    if (read(failure_, &error, sizeof error) != sizeof error) error = 0;
    const Terminal terminal;
    if (terminal.file() >= 0 && lent_) {
      const bool held_it = terminal.foreground() == cmd_;
      if (held_it && !ending_ && (by_signal_ == SIGINT || by_signal_ == SIGQUIT)) typed_ = by_signal_;
      take_back(terminal);
      if (held_it && by_signal_ != 0) tcsetattr(terminal.file(), TCSANOW, &modes_);
    }
    report_and_exit(exit_code_, error);
  }

  [[noreturn]] void report_and_exit(int exit_code, int error) const {
    report({.kind = GuardReport::ended,
            .number = exit_code,
            .cause = static_cast<std::int32_t>(cause_),
            .error = error,
            .typed = typed_},
           0);
    _exit(0);
  }

  void report(const GuardReport& report, int flags) const {
    while (send(socket_, &report, sizeof report, flags | MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
  }

  const int socket_;
  const pid_t home_;  // electctl's process group.
  const std::int64_t kill_after_;
  int children_ = -1;  // Readable when a child ended or stopped.
  int timer_ = -1;
  int held_ = -1;     // Closed by our own end: a lock on it lasts as long as CMD.
  int failure_ = -1;  // Where the errno of a failed exec comes from; nothing and its end, where it succeeded.

  bool alone_ = false;             // electctl is gone.
  std::int64_t term_at_ = kNever;  // The deadline last told.
  std::int64_t kill_at_ = kNever;
  std::int64_t last_at_ = kNever;  // When ending: SIGKILL at the latest.
  bool ending_ = false;            // SIGTERM is sent, or CMD is not to be run any more.
  bool killed_ = false;
  Ending::Cause cause_ = Ending::Cause::own;

  pid_t cmd_ = 0;           // And its group. 0: not started.
  bool cmd_ended_ = false;  // Reaped; its group may not be gone.
  int by_signal_ = 0;
  int exit_code_ = 0;
  int typed_ = 0;
  unsigned looks_ = 0;
  bool lent_ = false;  // CMD has, or has had, the terminal.
  termios modes_{};    // What they were when it was lent.
};

}  // namespace

bool has_living_member(pid_t group) {
  const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return true;
  alignas(dirent64) char entries[8192];
  bool found = false;
  ssize_t size = 0;
  while (!found && (size = getdents64(proc, entries, sizeof entries)) > 0) {
    for (ssize_t at = 0; at < size && !found;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries + at);
      if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') found = is_living_member(proc, entry->d_name, group);
      at += entry->d_reclen;
    }
  }
  close(proc);
  return found || size < 0;
}

void run_guard(int socket, pid_t electctl_group, std::chrono::nanoseconds kill_after) {
  constexpr std::chrono::nanoseconds longest = std::chrono::hours(24 * 365);  // So that it can be added to a time.
  GuardProcess(socket, electctl_group, std::min(kill_after, longest).count()).run();
}

}  // namespace cli
