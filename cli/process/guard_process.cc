#include "process/guard_process.h"

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
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "process/descendants.h"
#include "process/guard.h"
#include "process/kernel_guard.h"
#include "process/process_name.h"

namespace cli {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMillisecond;

// If the guard does not kill CMD in time, the kernel kills the guard after a grace period. It is a seventh of the time
// between the two deadlines, but at most this long. At kill_at a tenth of the TTL is left: the grace period is a third
// of that tenth (100 ms if the TTL is 3 s). After an end_cmd() the grace period is always this long.
constexpr std::int64_t kLongestGrace = 500 * kMillisecond;
// The pause between two looks for descendants that are left.
constexpr std::int64_t kShortestPause = 2 * kMillisecond;
constexpr std::int64_t kLongestPause = 1000 * kMillisecond;

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

// The controlling terminal. If there is none, file() is -1.
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

// What the forked process does until its exec of CMD. It waits on `guard_socket` until the guard writes one byte.
// `guard_end` is the guard's end of that socket pair, which this process closes.
[[noreturn]] void exec_cmd(std::uintptr_t* image, pid_t guard, const GroupKiller& killer, bool take_terminal,
                           int guard_end, int guard_socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guard) _exit(128 + SIGKILL);  // The guard died before PR_SET_PDEATHSIG was set.
  close(guard_end);
  killer.keep_reader_over_exec();
  setpgid(0, 0);
  char go = 0;
  if (read(guard_socket, &go, 1) != 1) _exit(128 + SIGKILL);
  if (take_terminal) tcsetpgrp(STDIN_FILENO, getpid());  // SIGTTOU is still blocked.
  for (const int number : {SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU}) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  auto** strings = reinterpret_cast<char**>(image + 1);
  environ = strings + image[0] + 1;
  execvp(strings[0], strings);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(guard_socket, &error, sizeof error);
  _exit(error == ENOENT ? 127 : 126);
}

// Maps the CommandImage in `file` and turns its offsets into pointers. nullptr: it failed, see errno.
std::uintptr_t* map_image(int file) {
  struct stat status {};
  if (file < 0) errno = EMFILE;  // It could not be received: no descriptor was left.
  if (file < 0 || fstat(file, &status) != 0) return nullptr;
  void* memory = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* image = static_cast<std::uintptr_t*>(memory);
  std::uintptr_t* offset = image + 1;
  for (int lists_left = 2; lists_left > 0; ++offset) {
    if (*offset != 0) {
      *offset += reinterpret_cast<std::uintptr_t>(memory);
    } else {
      --lists_left;
    }
  }
  return image;
}

class GuardProcess {
 public:
  GuardProcess(int socket, pid_t electctl_group, std::int64_t kill_after)
      : socket_(socket), electctl_group_(electctl_group), kill_after_(kill_after) {}

  [[noreturn]] void run() {
    setpgid(0, 0);
    rename_process("leader-guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // Whoever leaves CMD's group stays our descendant.
    prctl(PR_SET_PDEATHSIG, SIGCONT);  // Wakes us when electctl dies, even if we are stopped.
    prepare();
    for (;;) {
      while (!electctl_gone_ && handle_order()) {
      }
      if (cmd_ == 0 && electctl_gone_) leave();
      if (cmd_ != 0) {
        handle_children();
        enforce_deadline();
        if (sigkill_sent_ || cmd_ended_) sweep();
      }
      wait();
    }
  }

 private:
  // Prepares while electctl waits to be elected. A failure is reported when CMD is to be started.
  void prepare() {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigchld_ = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    deadline_timer_ = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (sigchld_ < 0 || deadline_timer_ < 0) {
      missing_ = GuardReport::events;
    } else if (!kill_timer_.make()) {
      missing_ = GuardReport::timer;
    } else if (!killer_.make()) {
      missing_ = GuardReport::holder;
    }
    missing_errno_ = errno;
  }

  // Waits for an order, a deadline, a child that ends or stops, or the time of the next look for descendants.
  void wait() const {
    pollfd watched[] = {
        {electctl_gone_ ? -1 : socket_, POLLIN, 0}, {deadline_timer_, POLLIN, 0}, {sigchld_, POLLIN, 0}};
    const std::int64_t pause = std::max<std::int64_t>(next_sweep_at_ - now(), 0);
    const timespec until_sweep{pause / kSecond, pause % kSecond};
    ppoll(watched, std::size(watched), sigkill_sent_ || cmd_ended_ ? &until_sweep : nullptr, nullptr);
    signalfd_siginfo seen;
    while (read(sigchld_, &seen, sizeof seen) > 0) {
    }
  }

  // False: there is no order, or electctl is gone.
  bool handle_order() {
    GuardOrder order;
    int files[2] = {-1, -1};
    const ssize_t size = receive(order, files);
    if (size < 0 && errno == EINTR) return true;
    if (size < 0 && errno == EAGAIN) return false;
    if (size != sizeof order) {
      electctl_gone_ = true;
      end(Ending::Cause::order);
      return false;
    }
    switch (order.kind) {
      case GuardOrder::deadline:
        term_at_ = order.term_at;
        kill_at_ = order.kill_at;
        break;
      case GuardOrder::run:
        if (cmd_ != 0) break;
        held_file_ = std::exchange(files[1], -1);
        start(files[0]);
        break;
      case GuardOrder::signal:
        signal_group(order.number);
        if (order.number == SIGTERM || order.number == SIGINT || order.number == SIGHUP || order.number == SIGQUIT) {
          signal_group(SIGCONT);
        }
        break;
      case GuardOrder::end_cmd:
        end(Ending::Cause::order);
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
    // No descriptor was left for one of the files. Treat this as if none came.
    for (int& file : files) {
      if ((message.msg_flags & MSG_CTRUNC) != 0 && file >= 0) close(std::exchange(file, -1));
    }
    return size;
  }

  void start(int file) {
    if (!ending_ && now() >= term_at_) end(Ending::Cause::deadline);
    if (ending_) report_and_exit(128 + SIGTERM, 0);
    if (missing_ != GuardReport::nothing) report_and_exit(126, missing_errno_);
    std::uintptr_t* image = map_image(file);
    int link[2] = {-1, -1};
    if (image == nullptr || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) != 0) report_and_exit(126, errno);
    struct stat output {};
    terminal_lent_ =
        tcgetpgrp(STDIN_FILENO) == electctl_group_ && fstat(STDOUT_FILENO, &output) == 0 && !S_ISFIFO(output.st_mode);
    if (terminal_lent_) tcgetattr(STDIN_FILENO, &terminal_modes_);
    const pid_t guard = getpid();
    const pid_t pid = fork();
    if (pid < 0) report_and_exit(126, errno);
    if (pid == 0) exec_cmd(image, guard, killer_, terminal_lent_, link[0], link[1]);
    setpgid(pid, pid);  // CMD's process does it too. One of the two is first.
    cmd_ = pid;
    close(link[1]);
    cmd_socket_ = link[0];
    // CMD's process waits for our byte. If we die before, it ends.
    enforce_deadline();
    if (!killer_.arm(pid)) give_up_cmd();
    send(cmd_socket_, "", 1, MSG_NOSIGNAL);
    // Close CMD's standard streams and inherited descriptors here: the reader of CMD's output must see its end.
    keep_only({socket_, sigchld_, deadline_timer_, cmd_socket_, held_file_, killer_.reader(), killer_.writer()});
  }

  // Kills CMD's process while it still waits for our byte. CMD is not run.
  [[noreturn]] void give_up_cmd() {
    missing_ = GuardReport::group;
    missing_errno_ = errno;
    if (!cmd_ended_) kill(cmd_, SIGKILL);
    if (!cmd_ended_) waitpid(cmd_, nullptr, 0);
    report_and_exit(126, missing_errno_);
  }

  // CMD is not reaped yet, so neither its process ID nor its group ID can be reused.
  void signal_group(int number) const {
    if (cmd_ == 0 || cmd_ended_) return;
    if (kill(-cmd_, number) != 0) kill(cmd_, number);
  }

  void end(Ending::Cause cause) {
    if (cmd_ended_) return;
    // If the deadline ends CMD, that deadline's kill_at holds. A later one does not move it.
    latest_kill_at_ = std::min(latest_kill_at_, cause == Ending::Cause::deadline ? kill_at_ : now() + kill_after_);
    if (ending_) return;
    ending_ = true;
    cause_ = cause;
    signal_group(SIGTERM);
    signal_group(SIGCONT);
    if (cmd_ == 0) return;
    descendants_.signal({SIGTERM, SIGCONT}, cmd_, [this] {
      reap();
      return now() < next_deadline();  // SIGKILL must not be late.
    });
  }

  // When CMD gets the next signal.
  [[nodiscard]] std::int64_t next_deadline() const { return ending_ ? std::min(latest_kill_at_, kill_at_) : term_at_; }

  void enforce_deadline() {
    const std::int64_t time = now();
    if (!ending_ && time >= term_at_) end(Ending::Cause::deadline);
    if (ending_ && !sigkill_sent_ && time >= next_deadline()) {
      sigkill_sent_ = true;
      signal_group(SIGKILL);
    }
    std::int64_t next = next_deadline();                          // In the future, or kNever.
    if (sigkill_sent_ || cmd_ended_ || next == kNever) next = 0;  // Disarms.
    itimerspec timer{};
    timer.it_value.tv_sec = next / kSecond;
    timer.it_value.tv_nsec = next % kSecond;
    timerfd_settime(deadline_timer_, TFD_TIMER_ABSTIME, &timer, nullptr);

    set_kill_timer();
  }

  // Sets the time at which the kernel kills this guard. After CMD's group got its SIGKILL, the timer serves one
  // purpose: if the guard hangs, electctl takes over. A guard that works keeps moving the time on. The timer is off if
  // electctl is gone and could not take over, or if nothing is left to do.
  void set_kill_timer() const {
    const auto saturating_add = [](std::int64_t time, std::int64_t by) {
      return time > kNever - by ? kNever : time + by;
    };
    const std::int64_t grace = std::clamp<std::int64_t>((kill_at_ - term_at_) / 7, 0, kLongestGrace);
    std::int64_t at = std::min(saturating_add(kill_at_, grace), saturating_add(latest_kill_at_, kLongestGrace));
    const bool group_is_killed = sigkill_sent_ || cmd_ended_;
    if (group_is_killed) at = std::max(at, now() + sweep_pause_ + kLongestGrace);
    if (only_refused_left_ || (group_is_killed && electctl_gone_) || at == kNever) at = 0;
    // Without the timer the guard cannot keep its promise. So it exits, and the kernel kills CMD's group.
    if (!kill_timer_.set(at)) _exit(1);
  }

  void handle_children() {
    reap();
    if (!cmd_ended_) {
      if (!sigkill_sent_) killer_.keep_holder(cmd_);
      return handle_stop();
    }
    if (!has_child()) finish();  // Any process that was left would be our child or a child's descendant.
  }

  // CMD first, and the others until a deadline has come: they may fork and end faster than they can be reaped.
  void reap() {
    if (!cmd_ended_) reap_one(P_PID, cmd_);
    while ((sigkill_sent_ || cmd_ended_ || now() < next_deadline()) && reap_one(P_ALL, 0)) {
    }
  }

  // False: there is none to be reaped.
  bool reap_one(idtype_t which, pid_t id) {
    siginfo_t child{};
    if (waitid(which, static_cast<id_t>(id), &child, WEXITED | WNOHANG | WNOWAIT) != 0 || child.si_pid == 0)
      return false;
    const bool is_cmd = child.si_pid == cmd_ && !cmd_ended_;
    if (is_cmd) signal_group(SIGKILL);  // Kills the rest of its group. CMD's zombie keeps the group ID.
    waitid(P_PID, static_cast<id_t>(child.si_pid), &child, WEXITED | WNOHANG);
    if (is_cmd) {
      cmd_ended_ = true;
      cmd_signal_ = child.si_code == CLD_EXITED ? 0 : child.si_status;
      exit_code_ = cmd_signal_ == 0 ? child.si_status : 128 + cmd_signal_;
    } else if (sweep_begun_) {
      sweep_pause_ = kShortestPause;
      next_sweep_at_ = std::min(next_sweep_at_, now() + sweep_pause_);
    }
    return true;
  }

  // Kills the descendants of CMD that are left, in its group and outside. Pauses between two looks, because some take
  // time to die and some cannot be signalled.
  void sweep() {
    if (now() < next_sweep_at_) return;
    sweep_begun_ = true;
    killer_.end_holder();
    const auto remaining = descendants_.kill_round([this] {
      reap();
      set_kill_timer();
    });
    const auto named = std::min(remaining.first_refused.size(), static_cast<std::size_t>(remaining.refused));
    for (std::size_t i = 0; i < named; ++i) {
      const Descendants::Refused& refused = remaining.first_refused[i];
      report_once({.kind = GuardReport::refused, .number = refused.process, .user = refused.user});
    }
    not_ending_.look(remaining, now(),
                     [this](pid_t process) { report_once({.kind = GuardReport::not_ending, .number = process}); });
    only_refused_left_ = only_refused_left_ || (remaining.living == remaining.refused && remaining.zombies == 0);
    next_sweep_at_ = now() + sweep_pause_;
    sweep_pause_ = std::min(2 * sweep_pause_, kLongestPause);
    set_kill_timer();
  }

  // Reports each process once.
  void report_once(const GuardReport& about) {
    if (std::ranges::find(reported_, about.number) != reported_.end()) return;
    reported_[reported_count_++ % reported_.size()] = about.number;
    report(about, MSG_DONTWAIT);
  }

  void handle_stop() {
    siginfo_t child{};
    if (waitid(P_PID, static_cast<id_t>(cmd_), &child, WSTOPPED | WNOHANG) != 0 || child.si_pid == 0) return;
    const Terminal terminal;
    if (terminal.file() < 0) {
      // Without a terminal, electctl passed the stop on to CMD. So electctl has to stop too.
      if (child.si_status == SIGTSTP && !ending_)
        report({.kind = GuardReport::cmd_stopped, .number = SIGTSTP}, MSG_DONTWAIT);
      return;
    }
    const int number = child.si_status;
    const pid_t foreground = terminal.foreground();
    const bool wants_it = number == SIGTTIN || number == SIGTTOU;
    if (wants_it && (foreground == electctl_group_ || foreground == cmd_)) {
      if (foreground == electctl_group_) lend(terminal);
      signal_group(SIGCONT);
    } else if (!ending_ && (number != SIGSTOP || foreground == cmd_)) {
      take_back(terminal);
      report({.kind = GuardReport::cmd_stopped, .number = number}, MSG_DONTWAIT);
    }
  }

  void resume() {
    if (cmd_ == 0) return;
    const Terminal terminal;
    if (terminal_lent_ && terminal.file() >= 0 && terminal.foreground() == electctl_group_) lend(terminal);
    signal_group(SIGCONT);
  }

  void lend(const Terminal& terminal) {
    terminal_lent_ = true;
    tcgetattr(terminal.file(), &terminal_modes_);
    terminal.give_to(cmd_);
  }

  // Takes the terminal back only from CMD's group or from a group that is gone. Any other group may be that of the
  // shell, which may already have it.
  void take_back(const Terminal& terminal) const {
    const pid_t foreground = terminal.foreground();
    if (terminal_lent_ && foreground > 0 && (foreground == cmd_ || is_gone(foreground)))
      terminal.give_to(electctl_group_);
  }

  [[noreturn]] void finish() {
    int error = 0;
    if (recv(cmd_socket_, &error, sizeof error, MSG_DONTWAIT) != sizeof error) error = 0;
    const Terminal terminal;
    if (terminal.file() >= 0 && terminal_lent_) {
      const bool held_it = terminal.foreground() == cmd_;
      if (held_it && !ending_ && (cmd_signal_ == SIGINT || cmd_signal_ == SIGQUIT)) terminal_signal_ = cmd_signal_;
      take_back(terminal);
      if (held_it && cmd_signal_ != 0) tcsetattr(terminal.file(), TCSANOW, &terminal_modes_);
    }
    report_and_exit(exit_code_, error);
  }

  [[noreturn]] void report_and_exit(int exit_code, int error) {
    report({.kind = GuardReport::cmd_ended,
            .number = exit_code,
            .cause = static_cast<std::int32_t>(cause_),
            .error = error,
            .terminal_signal = terminal_signal_,
            .missing = missing_},
           0);
    leave();
  }

  [[noreturn]] void leave() {
    killer_.end_holder();
    _exit(0);
  }

  void report(const GuardReport& report, int flags) const {
    while (send(socket_, &report, sizeof report, flags | MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
  }

  const int socket_;
  const pid_t electctl_group_;
  const std::int64_t kill_after_;
  int sigchld_ = -1;  // Readable when a child ended or stopped.
  int deadline_timer_ = -1;
  int held_file_ = -1;  // Closed when we exit, so a lock on it lasts as long as CMD.
  // To CMD's process until its exec. Afterwards it yields the errno of a failed exec, or nothing.
  int cmd_socket_ = -1;

  bool electctl_gone_ = false;
  std::int64_t term_at_ = kNever;  // The last deadline told.
  std::int64_t kill_at_ = kNever;
  std::int64_t latest_kill_at_ = kNever;  // While ending: the latest time for SIGKILL.
  bool ending_ = false;                   // SIGTERM was sent, or CMD must not be run any more.
  bool sigkill_sent_ = false;
  Ending::Cause cause_ = Ending::Cause::own;

  KillTimer kill_timer_;
  GroupKiller killer_;
  GuardReport::Missing missing_ = GuardReport::nothing;  // What the guard could not get. CMD is then not run.
  int missing_errno_ = 0;

  pid_t cmd_ = 0;           // CMD's process and group ID. 0: not started.
  bool cmd_ended_ = false;  // CMD is reaped. Descendants may be left.
  int cmd_signal_ = 0;
  int exit_code_ = 0;
  int terminal_signal_ = 0;
  bool terminal_lent_ = false;  // CMD has or had the terminal.
  termios terminal_modes_{};    // The terminal's modes when CMD got it.

  Descendants descendants_{Descendants::Reap::no};
  bool sweep_begun_ = false;        // sweep() has looked for descendants.
  bool only_refused_left_ = false;  // Only descendants that cannot be signalled are left.
  std::int64_t next_sweep_at_ = 0;  // The time of the next look.
  std::int64_t sweep_pause_ = kShortestPause;
  std::array<pid_t, 16> reported_{};  // Processes reported to electctl as `refused` or `not_ending`.
  std::size_t reported_count_ = 0;
  NotEnding not_ending_;
};

}  // namespace

void run_guard(int socket, pid_t electctl_group, std::chrono::nanoseconds kill_after) {
  constexpr std::chrono::nanoseconds longest = std::chrono::hours(24 * 365);  // Adding it to a time cannot overflow.
  GuardProcess(socket, electctl_group, std::min(kill_after, longest).count()).run();
}

}  // namespace cli
