#include "process/guard.h"

#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "elect/text.h"
#include "output.h"
#include "process/descendants.h"
#include "process/environment.h"
#include "process/guard_process.h"
#include "process/old_kernel.h"

namespace cli {
namespace {

std::unexpected<elect::Error> failed(std::string_view what, int error) {
  return elect::fail(elect::Errc::system, std::string(what) + ": " + std::strerror(error));
}

// Sends an order, with at most two descriptors. Does not wait. Returns 0, or the errno if it was not sent.
int send_order(int socket, GuardOrder order, std::span<const int> files = {}) {
  iovec part{&order, sizeof order};
  alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!files.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(header), files.data(), files.size_bytes());
  }
  while (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

GuardOrder order(GuardOrder::Kind kind, int number = 0) { return {.kind = kind, .number = number}; }

// The bytes of a CommandImage.
std::string image_of(const std::vector<std::string>& argv, const std::vector<std::string_view>& environment) {
  std::vector<std::uintptr_t> head{argv.size()};
  std::string strings;
  const std::size_t start = (1 + argv.size() + 1 + environment.size() + 1) * sizeof(std::uintptr_t);
  const auto add = [&](std::string_view text) {
    head.push_back(start + strings.size());
    strings.append(text).push_back('\0');
  };
  for (const auto& argument : argv) add(argument);
  head.push_back(0);
  for (const auto variable : environment) add(variable);
  head.push_back(0);
  std::string image(reinterpret_cast<const char*>(head.data()), head.size() * sizeof head[0]);
  return image += strings;
}

elect::Result<int> memory_file(std::string_view bytes) {
  const int file = anonymous_file("electctl-cmd");
  if (file < 0) return failed("cannot pass CMD to the guard process", errno);
  if (write_all(file, bytes)) return file;
  const int error = errno;
  close(file);
  return elect::fail(elect::Errc::system, "cannot pass CMD to the guard process: " + why_not_written(error));
}

// Reads /etc/passwd itself: a static program cannot rely on getpwuid() of the C library.
std::string user_name(uid_t user) {
  std::string name = std::to_string(user);
  if (std::FILE* file = std::fopen("/etc/passwd", "re")) {
    while (const passwd* entry = fgetpwent(file)) {
      if (entry->pw_uid != user) continue;
      name = entry->pw_name;
      break;
    }
    std::fclose(file);
  }
  return name;
}

constexpr std::string_view kNotEnding =
    "does not end after SIGKILL: perhaps it waits for a disk or a file system, or a debugger holds it";

// Where pass_stop() sends the signal: the socket of the guard whose CMD runs, or -1.
std::atomic<int> stop_target = -1;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void pass_stop(int number) {
  const int before = errno;
  send_order(stop_target, order(GuardOrder::signal, number));
  errno = before;
}

void start_passing_stops(int socket) {
  struct sigaction action {};
  if (sigaction(SIGTSTP, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) return;
  stop_target = socket;
  action.sa_handler = pass_stop;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTSTP, &action, nullptr);
}

void end_passing_stops(int socket) {
  if (stop_target != socket) return;
  std::signal(SIGTSTP, SIG_DFL);
  stop_target = -1;
}

// Sends the signal to our process group, and takes it here with its default action. The other processes get it first.
// We take it last and in this thread: so on return a stop has happened and is over.
void raise_in_group(int number) {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  sigaddset(&set, number);
  std::signal(number, SIG_IGN);
  kill(0, number);
  std::signal(number, SIG_IGN);  // Drops our own one, which is pending if it is blocked.
  std::signal(number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, &before);
  raise(number);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::string_view name_of(GuardReport::Missing missing) {
  switch (missing) {
    case GuardReport::events:
      return "no file descriptor for signals or timers";
    case GuardReport::timer:
      return "no timer";
    case GuardReport::holder:
      return "no second process";
    case GuardReport::group:
      return "the kernel refuses to watch its process group";
    case GuardReport::nothing:
      break;
  }
  return {};
}

Ending ending_of(const GuardReport& report, const std::string& program) {
  Ending ending{.exit_code = report.number,
                .cause = static_cast<Ending::Cause>(report.cause),
                .failure = {},
                .terminal_signal = report.terminal_signal};
  if (report.error != 0) ending.failure = "cannot run " + program + ": " + std::strerror(report.error);
  if (report.missing != GuardReport::nothing) {
    ending.failure = "cannot guard " + program + ", so it is not run: " + std::string(name_of(report.missing)) + ": " +
                     std::strerror(report.error);
  }
  if (report.error == E2BIG) ending.failure += "; one argument or variable may have at most 131071 bytes";
  return ending;
}

}  // namespace

elect::Result<Guard> Guard::fork(std::chrono::nanoseconds kill_after) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failed("cannot make a socket", errno);
  // If SIGCHLD is inherited as ignored, the kernel reaps the guard itself, and its ID may be reused unnoticed.
  std::signal(SIGCHLD, SIG_DFL);
  auto others = children();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);  // The guard starts with all signals blocked.
  const pid_t group = getpgrp();
  const pid_t pid = ::fork();
  if (pid == 0) {
    close(ends[0]);
    run_guard(ends[1], group, kill_after);
  }
  const int error = errno;
  sigprocmask(SIG_SETMASK, &before, nullptr);
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return failed("cannot start the guard process", error);
  }
  others.push_back(pid);
  return Guard(ends[0], pid, std::move(others));
}

Guard::Guard(Guard&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      pid_(std::exchange(other.pid_, 0)),
      other_children_(std::move(other.other_children_)),
      cmd_started_(std::exchange(other.cmd_started_, false)),
      cmd_ended_(other.cmd_ended_),
      program_(std::move(other.program_)),
      reported_(std::move(other.reported_)) {}

Guard::~Guard() {
  if (pid_ <= 0) return;
  end_passing_stops(socket_);
  close(socket_);
  ::kill(pid_, SIGCONT);
  int status = 0;
  pid_t waited = 0;
  while ((waited = waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
  }
  other_children_.pop_back();
  // A guard that exited by itself has left no descendant of CMD. Other processes may have become our children
  // meanwhile, but CMD did not start them.
  const bool did_its_work = waited == pid_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (cmd_started_ && !did_its_work) end_descendants();
}

void Guard::report_refused(int process, unsigned user) {
  const std::string whose =
      user == Descendants::kUnknownUser ? "another user's" : "of user " + elect::printable(user_name(user));
  report_not_ending(process, "cannot be ended: it is " + whose);
}

// Names each process once, whether the guard found it or this process did.
void Guard::report_not_ending(int process, std::string_view why) {
  if (std::ranges::find(reported_, process) != reported_.end()) return;
  reported_.push_back(process);
  warn("process " + std::to_string(process) + ", which CMD started, " + std::string(why) +
       "; waiting for its end; leadership is kept while the lease can be renewed");
}

void Guard::end_descendants() {
  using std::chrono::milliseconds;
  milliseconds pause(1);
  Descendants descendants(Descendants::Reap::yes, other_children_);
  NotEnding not_ending;
  while (has_child()) {
    const auto remaining = descendants.kill_round([] {});
    if (remaining.living == 0 && remaining.zombies == 0) return;
    const auto named = std::min(remaining.first_refused.size(), static_cast<std::size_t>(remaining.refused));
    for (const auto& refused : std::span(remaining.first_refused.data(), named)) {
      report_refused(refused.process, refused.user);
    }
    not_ending.look(remaining, elect::BootClock::now().time_since_epoch().count(),
                    [this](pid_t process) { report_not_ending(process, kNotEnding); });
    poll(nullptr, 0, static_cast<int>(pause.count()));
    pause = std::min(2 * pause, milliseconds(1000));
  }
}

void Guard::set_deadline(elect::BootTime term_at, elect::BootTime kill_at) const {
  send_order(socket_, {.kind = GuardOrder::deadline,
                       .number = 0,
                       .term_at = term_at.time_since_epoch().count(),
                       .kill_at = kill_at.time_since_epoch().count()});
  if (pid_ > 0) ::kill(pid_, SIGCONT);
}

elect::Result<void> Guard::start(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                                 int held_file) {
  if (argv.empty()) return elect::fail(elect::Errc::usage, "there is no command to run");
  program_ = argv.front();
  const auto file = memory_file(image_of(argv, environment_with(environment)));
  if (!file) return std::unexpected(file.error());
  const std::array files{*file, held_file};
  const std::span sent(files.data(), held_file < 0 ? 1U : 2U);
  int error = send_order(socket_, order(GuardOrder::run), sent);
  if (error == EAGAIN) {  // The guard is stopped, or too busy to read its socket.
    ::kill(pid_, SIGCONT);
    pollfd room{socket_, POLLOUT, 0};
    poll(&room, 1, 1000);
    error = send_order(socket_, order(GuardOrder::run), sent);
  }
  close(*file);
  if (error != 0) return failed("the guard process does not answer", error);
  cmd_started_ = true;
  start_passing_stops(socket_);
  return {};
}

void Guard::signal(int number) const { send_order(socket_, order(GuardOrder::signal, number)); }

void Guard::end_cmd() const {
  send_order(socket_, order(GuardOrder::end_cmd));
  if (pid_ > 0) ::kill(pid_, SIGCONT);
}

void Guard::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

void Guard::suspend(const Stopped& stopped) const {
  const int number = stopped.signal == SIGSTOP ? SIGTSTP : stopped.signal;
  struct sigaction before {};
  sigaction(number, nullptr, &before);
  if (before.sa_handler != SIG_IGN) {
    raise_in_group(number);
    sigaction(number, &before, nullptr);
  }
  send_order(socket_, order(GuardOrder::resume));
}

elect::Result<std::optional<GuardEvent>> Guard::next() {
  while (!cmd_ended_) {
    GuardReport report;
    const ssize_t got = recv(socket_, &report, sizeof report, MSG_DONTWAIT);
    // ECONNRESET: the guard has exited and left orders unread. recv() returns it once, before the reports that wait.
    if (got < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (got < 0 && errno == EAGAIN) return std::nullopt;
    if (got != sizeof report) {
      // Its children become ours when it is dead. That is a little after its end of the socket is closed.
      siginfo_t dead{};
      while (waitid(P_PID, static_cast<id_t>(pid_), &dead, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
      }
      end_descendants();
      return elect::fail(elect::Errc::system, "the guard process was killed, and CMD with it");
    }
    switch (report.kind) {
      case GuardReport::refused:
        report_refused(report.number, report.user);
        break;
      case GuardReport::not_ending:
        report_not_ending(report.number, kNotEnding);
        break;
      case GuardReport::cmd_stopped:
        return GuardEvent(Stopped{report.number});
      case GuardReport::cmd_ended:
        cmd_ended_ = true;
        end_passing_stops(socket_);
        return GuardEvent(ending_of(report, program_));
    }
  }
  return std::nullopt;
}

void end_by_terminal_signal(int number) {
  constexpr rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  raise_in_group(number);
  _exit(128 + number);
}

}  // namespace cli
