#include "process/guard.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sched.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "process/descendants.h"

using namespace std::chrono_literals;
using elect::BootClock;
using elect::BootTime;
using Cause = cli::Ending::Cause;
using Arguments = std::vector<std::string>;

namespace {

constexpr int kChannel = 9;  // The descriptor on which CMD writes to the test.

// Polls until it is true. Everything here takes a very short time. The long limit is for a loaded machine.
bool soon(const std::function<bool()>& condition) {
  const auto end = BootClock::now() + 20s;
  while (!condition()) {
    if (BootClock::now() > end) return false;
    poll(nullptr, 0, 2);
  }
  return true;
}

bool runs(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto after_name = line.rfind(") ");
  return after_name != std::string::npos && line[after_name + 2] != 'Z' && line[after_name + 2] != 'X';
}

// Ignores the guard's holder. It is killed with the group, but may take a while to die.
std::vector<pid_t> members_of(pid_t group) {
  std::vector<pid_t> members;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t process = std::atoi(entry.path().filename().c_str());
    if (process <= 0 || getpgid(process) != group) continue;
    std::string name;
    std::ifstream file(entry.path() / "comm");
    if (std::getline(file, name) && name != "leader-holder") members.push_back(process);
  }
  return members;
}
bool group_is_gone(pid_t group) { return members_of(group).empty(); }

// Dead members that are not reaped yet do not count.
bool group_is_dead(pid_t group) { return !std::ranges::any_of(members_of(group), runs); }

std::vector<int> open_files() {
  std::vector<int> files;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    files.push_back(std::stoi(entry.path().filename()));
  }
  std::erase_if(files, [](int file) { return fcntl(file, F_GETFD) < 0; });  // Without the directory's own descriptor.
  std::ranges::sort(files);
  return files;
}

// What CMD writes on kChannel. Make it before the guard, which inherits it.
class Channel {
 public:
  Channel() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    REQUIRE(dup2(ends[1], kChannel) == kChannel);
    close(ends[1]);
    read_ = ends[0];
  }
  ~Channel() {
    close(read_);
    let_go();
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void let_go() {
    if (!let_go_) close(kChannel);
    let_go_ = true;
  }

  std::string line() const {
    std::string text;
    char byte = 0;
    for (pollfd input{read_, POLLIN, 0}; poll(&input, 1, 20'000) == 1 && read(read_, &byte, 1) == 1;) {
      if (byte == '\n') return text;
      text += byte;
    }
    return text + " (no line)";
  }
  pid_t pid() const { return std::stoi(line()); }

  // Everything up to its end, which comes when no process has it open any more.
  std::string rest() {
    let_go();
    std::string text;
    char byte = 0;
    for (pollfd input{read_, POLLIN, 0}; poll(&input, 1, 20'000) == 1;) {
      if (read(read_, &byte, 1) != 1) return text;
      text += byte;
    }
    return text + " (no end)";
  }

 private:
  int read_ = -1;
  bool let_go_ = false;
};

cli::Guard make_guard(std::chrono::nanoseconds kill_after = 1s) {
  auto guard = cli::Guard::fork(kill_after);
  REQUIRE(guard);
  return *std::move(guard);
}

Arguments shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

// A --kill-after that has no effect: ending() does not wait that long. If ending() times out, it ends soon after.
constexpr auto kLongerThanPatience = 25s;

// Waits for the ending. Exit code -1: there was none in time.
cli::Ending ending(cli::Guard& guard) {
  const auto end = BootClock::now() + 20s;
  while (BootClock::now() < end) {
    pollfd input{guard.fd(), POLLIN, 0};
    poll(&input, 1, 100);
    const auto event = guard.next();
    REQUIRE(event);
    if (!*event) continue;
    if (const auto* it = std::get_if<cli::Ending>(&**event)) return *it;
  }
  cli::Ending none;
  none.exit_code = -1;
  return none;
}

cli::Ending run(const Arguments& argv, const std::vector<std::string>& environment = {}) {
  auto guard = make_guard();
  REQUIRE(guard.start(argv, environment));
  return ending(guard);
}

bool has_event(cli::Guard& guard) {
  const auto event = guard.next();
  return event && *event;
}

// A shell that ignores SIGTERM, and so do its children. It writes its process ID when it does.
constexpr auto kStubborn = "trap '' TERM; sleep 1000 & sleep 1000 & echo $$ >&9; wait; sleep 1000";

// Starts processes that leave CMD's group. The shell goes on when all of them run.
constexpr auto kWanderers =
    "setsid sleep 1000 & "
    "setsid sh -c \"trap '' TERM; sleep 1000; sleep 1000\" & "
    "setsid sh -c 'sleep 1000 & sleep 1000 & exit' & "
    "setsid sh -c 'kill -STOP $$; sleep 1000' & "
    "timeout 1000 sleep 1000 & "
    "python3 -c 'import os, time\n"
    "if os.fork() == 0:\n"
    "  os.setsid()\n"
    "  if os.fork() == 0: time.sleep(1000)\n"
    "  os._exit(0)\n"
    "os.wait()'; ";

// A process in CMD's group. It ignores SIGTERM, and the SIGHUP that the kernel sends to a group with stopped members
// whose parents are gone. It has closed all other descriptors, and has a stopped child. It writes its process ID and
// the guard's.
constexpr auto kStubbornGroup =
    "trap '' TERM HUP; sleep 1000 & kill -STOP $!; echo $$ $PPID >&9; "
    "for i in /proc/self/fd/*; do i=${i##*/}; if ((i != 9)); then eval \"exec $i>&-\"; fi; done; wait; sleep 1000";

std::string stat_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto after_name = line.rfind(") ");
  return after_name == std::string::npos ? "X 0" : line.substr(after_name + 2);
}
char state_of(pid_t process) { return stat_of(process).front(); }
pid_t parent_of(pid_t process) { return std::stoi(stat_of(process).substr(2)); }

// This process is a subreaper. Reaps what it inherited from the processes that played electctl.
bool has_other_child() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return cli::has_child();
}

// Forks a process that plays electctl. It runs `part`, and then _exit(0).
pid_t another_process(const std::function<void()>& part) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    try {
      part();
    } catch (...) {  // A REQUIRE failed. doctest would go on with its tests in this process, too.
      _exit(99);
    }
    _exit(0);
  }
  return pid;
}

int wait_for(pid_t process) {
  int status = 0;
  return waitpid(process, &status, 0) == process ? status : -1;
}

}  // namespace

TEST_SUITE("guard") {
  TEST_CASE("CMD's own end becomes its exit code as a shell gives it") {
    CHECK(run({"true"}).exit_code == 0);
    CHECK(run(shell("exit 3")).exit_code == 3);
    CHECK(run(shell("kill -9 $$")).exit_code == 128 + SIGKILL);
    CHECK(run(shell("kill -USR1 $$")).exit_code == 128 + SIGUSR1);
    const auto own = run({"false"});
    CHECK(own.exit_code == 1);
    CHECK(own.cause == Cause::own);
    CHECK(own.failure.empty());
    CHECK(own.terminal_signal == 0);
  }

  TEST_CASE("a CMD that cannot be run is 127 where it is not there, else 126, and says why") {
    const auto absent = run({"/there/is/no/such/program"});
    CHECK(absent.exit_code == 127);
    CHECK(absent.failure == "cannot run /there/is/no/such/program: No such file or directory");
    CHECK(run({"no-such-program-in-path"}).exit_code == 127);
    CHECK(run({""}).exit_code == 127);
    const auto forbidden = run({"/etc/passwd"});
    CHECK(forbidden.exit_code == 126);
    CHECK(forbidden.failure == "cannot run /etc/passwd: Permission denied");
    CHECK(forbidden.cause == Cause::own);
  }

  TEST_CASE("CMD gets its arguments as they are, the new variables in place of inherited ones, and the rest") {
    Channel channel;
    setenv("GUARD_TEST_KEPT", "kept", 1);
    setenv("GUARD_TEST_OLD", "old", 1);
    auto guard = make_guard();
    REQUIRE(guard.start(
        {"/bin/sh", "-c", R"(printf '%s|' "$@" >&9; env | grep ^GUARD_TEST_ | sort >&9)", "sh", "a b", "", "c\nd"},
        {"GUARD_TEST_OLD=new", "GUARD_TEST_EMPTY="}));
    CHECK(ending(guard).exit_code == 0);
    CHECK(channel.rest() == "a b||c\nd|GUARD_TEST_EMPTY=\nGUARD_TEST_KEPT=kept\nGUARD_TEST_OLD=new\n");
    unsetenv("GUARD_TEST_KEPT");
    unsetenv("GUARD_TEST_OLD");
  }

  TEST_CASE("PATH of the new environment counts") {
    CHECK(run({"sh", "-c", "exit 5"}, {"PATH=/usr/bin:/bin"}).exit_code == 5);
    CHECK(run({"sh", "-c", "exit 5"}, {"PATH=/nowhere"}).exit_code == 127);
  }

  TEST_CASE("an environment of a megabyte arrives; one variable larger than the kernel takes is said") {
    std::vector<std::string> many;
    for (int i = 0; i < 10; ++i) many.push_back("GUARD_TEST_" + std::to_string(i) + "=" + std::string(110'000, 'x'));
    CHECK(run(shell("test ${#GUARD_TEST_0} = 110000 && test ${#GUARD_TEST_9} = 110000"), many).exit_code == 0);
    const auto large = run({"true"}, {"GUARD_TEST=" + std::string(1'500'000, 'x')});
    CHECK(large.exit_code == 126);
    CHECK(large.failure ==
          "cannot run true: Argument list too long; one argument or variable may have at most 131071 bytes");
  }

  TEST_CASE("standard input and inherited descriptors are CMD's, and of ours none") {
    Channel channel;
    const int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    const int text = memfd_create("input", MFD_CLOEXEC);
    REQUIRE(write(text, "hello\n", 6) == 6);
    lseek(text, 0, SEEK_SET);
    dup2(text, STDIN_FILENO);
    auto guard = make_guard();
    dup2(before, STDIN_FILENO);
    close(before);
    close(text);
    REQUIRE(guard.start(shell("read -r line; echo $line >&9; exec ls /proc/self/fd >&9"), {}));
    const auto inherited =
        std::ranges::count_if(open_files(), [](int file) { return (fcntl(file, F_GETFD) & FD_CLOEXEC) == 0; });
    CHECK(ending(guard).exit_code == 0);
    CHECK(channel.line() == "hello");
    // Also the directory that ls reads, and the pipe by which the kernel kills CMD when the guard is dead.
    CHECK(std::ranges::count(channel.rest(), '\n') == inherited + 2);
  }

  TEST_CASE("who reads CMD's output sees its end when CMD ends, though the guard and electctl live on") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("echo out >&9; exec 9>&-; exec sleep 1000"), {}));
    CHECK(channel.rest() == "out\n");
    guard.end_cmd();
    CHECK(ending(guard).exit_code == 128 + SIGTERM);
  }

  TEST_CASE("CMD has an empty signal mask and default dispositions, but keeps what was ignored") {
    Channel channel;
    const auto hangup = std::signal(SIGHUP, SIG_IGN);
    const auto broken_pipe = std::signal(SIGPIPE, SIG_IGN);
    // They may be ignored when the tests start: a shell does that for what it runs in the background.
    const auto interrupt = std::signal(SIGINT, SIG_DFL);
    const auto quit = std::signal(SIGQUIT, SIG_DFL);
    auto guard = make_guard();
    std::signal(SIGINT, interrupt);
    std::signal(SIGQUIT, quit);
    std::signal(SIGHUP, hangup);
    std::signal(SIGPIPE, broken_pipe);
    REQUIRE(guard.start(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status >&9"), {}));
    CHECK(ending(guard).exit_code == 0);
    CHECK(channel.rest() == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\n");
  }

  TEST_CASE("the deadline ends CMD: SIGTERM at term_at, SIGKILL at kill_at, its children too") {
    SUBCASE("SIGTERM is enough") {
      Channel channel;
      auto guard = make_guard();
      const auto term_at = BootClock::now() + 300ms;
      guard.set_deadline(term_at, term_at + 1h);
      REQUIRE(guard.start(shell("echo $$ >&9; sleep 1000"), {}));
      const auto group = channel.pid();
      const auto end = ending(guard);
      CHECK(BootClock::now() >= term_at);
      CHECK(end.cause == Cause::deadline);
      CHECK(end.exit_code == 128 + SIGTERM);
      CHECK(group_is_gone(group));
    }
    SUBCASE("it is not") {
      Channel channel;
      auto guard = make_guard(kLongerThanPatience);
      const auto kill_at = BootClock::now() + 5s;
      guard.set_deadline(kill_at - 3500ms, kill_at);
      REQUIRE(guard.start(shell(kStubborn), {}));
      const auto group = channel.pid();
      const auto end = ending(guard);
      const auto ended_at = BootClock::now();
      CHECK(ended_at >= kill_at);
      CHECK(ended_at < kill_at + 5s);
      CHECK(end.cause == Cause::deadline);
      CHECK(end.exit_code == 128 + SIGKILL);
      CHECK(group_is_gone(group));
    }
  }

  TEST_CASE("a renewed deadline keeps CMD alive; one that comes after SIGTERM does not save it") {
    Channel channel;
    auto guard = make_guard(kLongerThanPatience);
    guard.set_deadline(BootClock::now() + 2s, BootClock::now() + 6s);
    REQUIRE(guard.start(shell("trap 'echo term >&9' TERM; echo ready >&9; while :; do sleep 1000 & wait; done"), {}));
    REQUIRE(channel.line() == "ready");
    const auto begin = BootClock::now();
    while (BootClock::now() < begin + 3s) {
      guard.set_deadline(BootClock::now() + 2s, BootClock::now() + 6s);
      CHECK_FALSE(has_event(guard));
      poll(nullptr, 0, 20);
    }
    REQUIRE(channel.line() == "term");
    guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
    const auto end = ending(guard);
    CHECK(end.cause == Cause::deadline);
    CHECK(end.exit_code == 128 + SIGKILL);
  }

  TEST_CASE("CMD is not run where the deadline has passed, or end_cmd() was called, before start()") {
    Channel channel;
    SUBCASE("deadline") {
      auto guard = make_guard();
      guard.set_deadline(BootClock::now() - 1ns, BootClock::now() + 1h);
      REQUIRE(guard.start(shell("echo ran >&9"), {}));
      CHECK(ending(guard).cause == Cause::deadline);
    }
    SUBCASE("stop") {
      auto guard = make_guard();
      guard.end_cmd();
      REQUIRE(guard.start(shell("echo ran >&9"), {}));
      CHECK(ending(guard).cause == Cause::order);
    }
    CHECK(channel.rest().empty());
  }

  TEST_CASE("end_cmd() ends CMD: SIGTERM now, SIGKILL after kill_after or at kill_at") {
    Channel channel;
    SUBCASE("SIGTERM is enough, also for one that is stopped") {
      auto guard = make_guard(kLongerThanPatience);
      REQUIRE(guard.start(shell("echo $$ >&9; kill -STOP $$; exec sleep 1000"), {}));
      const auto group = channel.pid();
      guard.end_cmd();
      guard.end_cmd();
      const auto end = ending(guard);
      CHECK(end.cause == Cause::order);
      CHECK(end.exit_code == 128 + SIGTERM);
      CHECK(group_is_gone(group));
    }
    SUBCASE("kill_after") {
      auto guard = make_guard(200ms);
      guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
      REQUIRE(guard.start(shell(kStubborn), {}));
      channel.pid();
      const auto begin = BootClock::now();
      guard.end_cmd();
      CHECK(ending(guard).exit_code == 128 + SIGKILL);
      CHECK(BootClock::now() >= begin + 200ms);
    }
    SUBCASE("kill_at is sooner, and a later one counts") {
      auto guard = make_guard(kLongerThanPatience);
      guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 1h);
      REQUIRE(guard.start(shell(kStubborn), {}));
      channel.pid();
      guard.end_cmd();
      const auto kill_at = BootClock::now() + 300ms;
      guard.set_deadline(kill_at - 2h, kill_at - 50ms);
      guard.set_deadline(kill_at - 2h, kill_at);
      const auto end = ending(guard);
      CHECK(BootClock::now() >= kill_at);
      CHECK(end.cause == Cause::order);
      CHECK(end.exit_code == 128 + SIGKILL);
    }
  }

  TEST_CASE("a CMD that heeds SIGTERM gives its own exit code") {
    Channel channel;
    auto guard = make_guard(kLongerThanPatience);
    REQUIRE(guard.start(shell("trap 'exit 7' TERM; echo ready >&9; sleep 1000 & wait"), {}));
    REQUIRE(channel.line() == "ready");
    guard.end_cmd();
    CHECK(ending(guard).exit_code == 7);
  }

  TEST_CASE("what CMD left running in its group is gone before its end is told") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("trap '' TERM; (sleep 1000 & sleep 1000) & echo $$ >&9; exit 4"), {}));
    const auto group = channel.pid();
    CHECK(ending(guard).exit_code == 4);
    CHECK(group_is_gone(group));
    CHECK(channel.rest().empty());
  }

  TEST_CASE("a zombie in its group whose parent has left the group does not keep the end back") {
    Channel channel;
    auto guard = make_guard();
    const auto script =
        "import os, signal\n"
        "if os.fork() == 0:\n"
        "  if os.fork() == 0: signal.pause()\n"
        "  os.setsid()\n"
        "  os.write(9, b'%d\\n' % os.getpid())\n"
        "signal.pause()\n";
    REQUIRE(guard.start({"python3", "-c", script}, {}));
    const auto daemon = channel.pid();
    guard.signal(SIGUSR1);
    CHECK(ending(guard).exit_code == 128 + SIGUSR1);
    CHECK_FALSE(runs(daemon));
  }

  TEST_CASE("signal() reaches the whole group") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("(trap 'echo child >&9; exit' USR1; echo ready >&9; sleep 1000 & wait) &"
                              "trap 'wait; echo parent >&9; exit 8' USR1; echo ready >&9; wait"),
                        {}));
    REQUIRE(channel.line() == "ready");
    REQUIRE(channel.line() == "ready");
    guard.signal(SIGUSR1);
    CHECK(ending(guard).exit_code == 8);
    CHECK(channel.rest() == "child\nparent\n");
  }

  TEST_CASE("signals that are meant to end it reach a stopped CMD") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("echo $$ >&9; kill -STOP $$; exec sleep 1000"), {}));
    channel.pid();
    guard.signal(SIGINT);
    CHECK(ending(guard).exit_code == 128 + SIGINT);
  }

  TEST_CASE("electctl's death ends CMD") {
    Channel channel;
    const pid_t electctl = another_process([] {
      auto guard = cli::Guard::fork(100ms);
      guard->set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
      if (guard->start(shell(kStubborn), {})) pause();
    });
    const auto group = channel.pid();
    kill(electctl, SIGKILL);
    wait_for(electctl);
    CHECK(soon([&] { return group_is_gone(group); }));
    CHECK(channel.rest().empty());  // The guard is gone, too.
  }

  TEST_CASE("a stopped electctl keeps no CMD alive, and learns of its end when continued") {
    Channel channel;
    const auto kill_at = BootClock::now() + 5s;
    const pid_t electctl = another_process([&] {
      auto guard = cli::Guard::fork(1h);
      guard->set_deadline(kill_at - 3500ms, kill_at);
      if (!guard->start(shell(kStubborn), {})) _exit(1);
      const auto end = ending(*guard);
      _exit(end.cause == Cause::deadline && end.exit_code == 128 + SIGKILL ? 0 : 1);
    });
    const auto group = channel.pid();
    kill(electctl, SIGSTOP);
    CHECK(soon([&] { return group_is_gone(group); }));
    CHECK(BootClock::now() >= kill_at);
    kill(electctl, SIGCONT);
    CHECK(wait_for(electctl) == 0);
  }

  TEST_CASE("the ending waits for a reader that comes late") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("exit 3"), {}));
    channel.rest();
    const auto end = ending(guard);
    CHECK(end.exit_code == 3);
    CHECK_FALSE(has_event(guard));
    CHECK(guard.next());
  }

  TEST_CASE("the guard's own death kills CMD and its group, and is an error") {
    Channel channel;
    auto guard = make_guard();
    guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
    REQUIRE(guard.start(shell("sleep 1000 & echo $$ $PPID >&9; wait"), {}));
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    REQUIRE(guard_process > 1);
    CHECK(getpgid(guard_process) == guard_process);
    CHECK(getpgid(group) == group);
    CHECK_FALSE(has_event(guard));
    kill(guard_process, SIGKILL);
    CHECK(soon([&] { return !guard.next().has_value(); }));
    CHECK(soon([&] { return !runs(group); }));
    CHECK(channel.rest().empty());
  }

  TEST_CASE("no signal but SIGKILL and SIGSTOP does anything to the guard") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("echo $PPID >&9; exec sleep 1000"), {}));
    const auto guard_process = channel.pid();
    for (int number = 1; number <= SIGRTMAX; ++number) {
      if (number == SIGSYS + 1) number = SIGRTMIN;  // Those in between belong to the C library.
      if (number != SIGKILL && number != SIGSTOP) kill(guard_process, number);
    }
    CHECK_FALSE(has_event(guard));
    guard.end_cmd();
    const auto end = ending(guard);
    CHECK(end.cause == Cause::order);
    CHECK(end.exit_code == 128 + SIGTERM);
  }

  TEST_CASE("a guard that never starts CMD ends with electctl") {
    CHECK(soon([] { return !has_other_child(); }));  // Children of earlier tests.
    const auto files = open_files();
    {
      auto guard = make_guard();
      guard.signal(SIGTERM);
      auto moved = std::move(guard);
      CHECK_FALSE(has_event(moved));
    }
    CHECK(open_files() == files);
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  }

  TEST_CASE("~Guard ends CMD") {
    Channel channel;
    pid_t group = 0;
    {
      auto guard = make_guard(100ms);
      REQUIRE(guard.start(shell(kStubborn), {}));
      group = channel.pid();
    }
    CHECK(group_is_gone(group));
  }

  TEST_CASE(
      "whoever left CMD's group is gone before CMD's end is told: setsid, daemon, timeout, stopped, ignoring SIGTERM") {
    Channel channel;
    auto guard = make_guard();
    SUBCASE("CMD ends by itself") {
      REQUIRE(guard.start(shell(std::string(kWanderers) + "exit 6"), {}));
      CHECK(ending(guard).exit_code == 6);
    }
    SUBCASE("CMD is ended by end_cmd()") {
      REQUIRE(guard.start(shell(std::string(kWanderers) + "echo ready >&9; wait; sleep 1000"), {}));
      REQUIRE(channel.line() == "ready");
      guard.end_cmd();
      CHECK(ending(guard).cause == Cause::order);
    }
    SUBCASE("CMD is ended by its deadline, ignoring SIGTERM") {
      guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 1h);
      REQUIRE(guard.start(shell("trap '' TERM;" + std::string(kWanderers) + "echo ready >&9; wait; sleep 1000"), {}));
      REQUIRE(channel.line() == "ready");
      guard.set_deadline(BootClock::now(), BootClock::now() + 4s);
      CHECK(ending(guard).cause == Cause::deadline);
    }
    CHECK(channel.rest().empty());
  }

  TEST_CASE("SIGTERM reaches whoever left CMD's group, too, before SIGKILL") {
    Channel channel;
    auto guard = make_guard(20s);
    REQUIRE(guard.start(shell("setsid sh -c 'trap \"echo asked >&9; exit\" TERM; echo ready >&9; "
                              "while :; do sleep 1000 & wait; done' & "  // The sleep may get its SIGTERM first.
                              "trap 'wait; exit 4' TERM; wait; wait"),
                        {}));
    REQUIRE(channel.line() == "ready");
    guard.end_cmd();
    CHECK(ending(guard).exit_code == 4);
    CHECK(channel.rest() == "asked\n");
  }

  TEST_CASE("those that fork while they are killed are gone as well") {
    Channel channel;
    const auto fork_on = [](const char* way) {
      return "import os\n"
             "if os.fork() == 0:\n"
             "  os.setsid()\n"
             "  os.write(9, b'ready\\n')\n"
             "  import time\n"
             "  end = time.monotonic() + 60\n"
             "  rounds = 0\n"
             "  while time.monotonic() < end:\n" +
             std::string(way) + "import signal\nsignal.pause()\n";
    };
    std::string script;
    SUBCASE("each leaves children behind") {
      // At most a thousand. A slow machine could not kill more.
      script = fork_on(
          "    if rounds < 10: os.fork()\n"
          "    rounds += 1\n"
          "    time.sleep(0.02)\n");
    }
    SUBCASE("each ends when it has started the next one") { script = fork_on("    if os.fork() != 0: os._exit(0)\n"); }
    auto guard = make_guard();
    REQUIRE(guard.start({"python3", "-c", script}, {}));
    REQUIRE(channel.line() == "ready");
    poll(nullptr, 0, 50);
    guard.signal(SIGUSR1);
    CHECK(ending(guard).exit_code == 128 + SIGUSR1);
    CHECK(channel.rest().empty());
  }

  TEST_CASE("daemons that fork and end as fast as they can are gone at the deadline") {
    constexpr uid_t user = 64'123;
    if (geteuid() != 0) {
      MESSAGE("not tested: only root can become a user whose few processes leave room for all others");
      return;
    }
    std::string script =
        "use POSIX; open my $out, '>&=', 9; $SIG{TERM} = 'IGNORE'; my $end = time + 20;\n"
        "my $is_daemon = 0;\n"
        "for (1 .. 4) { last if $is_daemon = fork == 0 }\n"
        "if (!$is_daemon) { sleep 20; exit }\n"
        "POSIX::setsid(); my $generations = 0;\n"
        "while (time < $end) {\n"
        "  EACH; my $child = fork;\n"
        "  syswrite $out, \"ready\\n\" if ++$generations == 100;\n"
        "  if (!defined $child) { select undef, undef, undef, 0.001 } elsif ($child) { POSIX::_exit(0) }\n"
        "}\n";
    std::string each = "1";
    SUBCASE("in one session") {}
    SUBCASE("each in a session of its own") { each = "POSIX::setsid()"; }
    script.replace(script.find("EACH"), 4, each);
    Channel channel;
    const pid_t electctl = another_process([&] {
      constexpr rlimit few{1000, 1000};
      if (setrlimit(RLIMIT_NPROC, &few) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0) {
        _exit(1);
      }
      auto guard = cli::Guard::fork(1s);
      if (!guard || !guard->start({"perl", "-e", script}, {})) _exit(2);
      if (channel.line() != "ready") _exit(3);
      guard->set_deadline(BootClock::now() + 100ms, BootClock::now() + 500ms);
      const auto lost_at = BootClock::now() + 1s;
      (void)ending(*guard);
      _exit(BootClock::now() < lost_at ? 0 : 4);
    });
    CHECK(wait_for(electctl) == 0);
    (void)channel.rest();
  }

  TEST_CASE("each of three thousand descendants outside CMD's group gets one SIGTERM") {
    Channel channel;
    auto guard = make_guard(20s);
    const std::string script =
        "use POSIX; open my $out, '>&=', 9;\n"
        "$SIG{TERM} = sub { syswrite $out, 't'; POSIX::_exit(0) };\n"
        "for (1 .. 3000) { if (fork == 0) { POSIX::setsid(); sleep 60; POSIX::_exit(0) } }\n"
        "$SIG{TERM} = 'IGNORE'; syswrite $out, \"ready\\n\"; 1 while wait > 0\n";
    REQUIRE(guard.start({"perl", "-e", script}, {}));
    REQUIRE(channel.line() == "ready");
    guard.end_cmd();
    CHECK(ending(guard).exit_code == 0);
    CHECK(channel.rest() == std::string(3000, 't'));
  }

  TEST_CASE("a descendant whose first thread has ended is killed, too") {
    Channel channel;
    auto guard = make_guard();
    const std::string script =
        "import ctypes, os, threading, time\n"
        "main = threading.main_thread().native_id\n"
        "def go_on():\n"
        "    while open(f'/proc/self/task/{main}/stat').read().rpartition(') ')[2][0] != 'Z': time.sleep(0.01)\n"
        "    os.write(9, b'%d\\n' % os.getpid())\n"
        "    time.sleep(1000)\n"
        "threading.Thread(target=go_on).start()\n"
        "ctypes.CDLL(None).pthread_exit(None)\n";
    REQUIRE(guard.start({"/bin/sh", "-c", "setsid python3 -c \"$0\" & sleep 1000", script}, {}));
    const auto left = channel.pid();
    guard.end_cmd();
    CHECK(ending(guard).exit_code == 128 + SIGTERM);
    const auto rest = channel.rest();
    CHECK(rest.empty());                     // No process has it open any more.
    if (!rest.empty()) kill(left, SIGKILL);  // The guard would wait for it for ever.
  }

  TEST_CASE("a process that becomes electctl's child while CMD runs, and is not CMD's, is left alone") {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // We inherit what the process that plays electctl leaves behind.
    Channel channel;
    const pid_t electctl = another_process([] {
      int ids[2];
      if (pipe(ids) != 0) _exit(1);
      const pid_t parent = another_process([&ids] {
        const pid_t daemon = fork();
        if (daemon == 0) pause();
        if (write(ids[1], &daemon, sizeof daemon) != sizeof daemon) _exit(1);
        pause();
      });
      pid_t daemon = 0;
      if (read(ids[0], &daemon, sizeof daemon) != sizeof daemon) _exit(1);
      {
        auto guard = make_guard();
        if (!guard.start(shell("exit 0"), {})) _exit(1);
        kill(parent, SIGKILL);
        wait_for(parent);
        if (ending(guard).exit_code != 0) _exit(1);
      }
      _exit(runs(daemon) ? 0 : 2);
    });
    CHECK(wait_for(electctl) == 0);
    CHECK(soon([] {
      for (const pid_t left : cli::children()) kill(left, SIGKILL);
      return !has_other_child();
    }));
  }

  TEST_CASE("children that electctl had before are left alone, also where the guard is killed") {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // We inherit what the process that plays electctl leaves behind.
    Channel channel;
    const pid_t electctl = another_process([] {
      const pid_t other = another_process([] {
        if (fork() == 0) pause();
        pause();
      });
      auto guard = cli::Guard::fork(100ms);
      if (!guard->start(shell("setsid sleep 1000 & echo $PPID >&9; sleep 1000"), {})) _exit(1);
      bool error = false;
      for (; !error; poll(nullptr, 0, 2)) error = !guard->next().has_value();
      _exit(cli::children().size() == 2 && runs(other) ? 0 : 2);  // `other` and the guard.
    });
    kill(channel.pid(), SIGKILL);
    CHECK(wait_for(electctl) == 0);
    CHECK(std::ranges::count_if(cli::children(), runs) == 1);
    CHECK(soon([] {
      for (const pid_t left : cli::children()) kill(left, SIGKILL);
      return !has_other_child();
    }));
  }

  TEST_CASE("where the guard is killed the kernel kills CMD's group, and electctl whoever left it") {
    Channel channel;
    auto guard = make_guard();
    const std::string closes = "exec 0<&- 1>&- 2>&-; for i in /proc/self/fd/*; do eval \"exec ${i##*/}>&-\"; done; ";
    std::string before;
    SUBCASE("with their descriptors") {}
    SUBCASE("CMD has closed all descriptors") { before = closes; }
    REQUIRE(guard.start(
        {"/bin/bash", "-c",
         std::string(kWanderers) + "sleep 1000 & kill -STOP $!; echo $$ $PPID >&9; " + before + "wait; sleep 1000"},
        {}));
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    kill(guard_process, SIGKILL);
    CHECK(soon([&] { return !guard.next().has_value(); }));
    CHECK(group_is_gone(group));
    CHECK(channel.rest().empty());
  }

  TEST_CASE("guard and electctl are killed at once: CMD's group is dead, stopped members too") {
    Channel channel;
    const pid_t electctl = another_process([] {
      auto guard = cli::Guard::fork(1h);
      guard->set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
      if (guard->start({"/bin/bash", "-c", kStubbornGroup}, {})) pause();
    });
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    kill(electctl, SIGSTOP);  // So that it does nothing between the two kills.
    kill(guard_process, SIGKILL);
    kill(electctl, SIGKILL);
    CHECK(soon([&] { return group_is_dead(group); }));
    CHECK(channel.rest().empty());
    wait_for(electctl);
    CHECK(soon([&] { return !has_other_child(); }));
  }

  TEST_CASE("guard and electctl are stopped: CMD's group is dead at kill_at") {
    Channel channel;
    const auto kill_at = BootClock::now() + 5s;
    const pid_t electctl = another_process([kill_at] {
      auto guard = cli::Guard::fork(1h);
      guard->set_deadline(kill_at - 1s, kill_at);
      if (!guard->start({"/bin/bash", "-c", kStubbornGroup}, {})) _exit(1);
      bool error = false;
      for (; !error; poll(nullptr, 0, 2)) error = !guard->next().has_value();
    });
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    kill(guard_process, SIGSTOP);
    kill(electctl, SIGSTOP);
    CHECK(soon([&] { return group_is_dead(group); }));
    CHECK(BootClock::now() >= kill_at);
    CHECK(BootClock::now() < kill_at + 5s);
    kill(guard_process, SIGKILL);  // Dead, but not reaped. Otherwise electctl would wait for it for ever.
    kill(electctl, SIGCONT);
    CHECK(wait_for(electctl) == 0);
    CHECK(soon([&] { return !has_other_child(); }));
  }

  TEST_CASE(
      "the guard is stopped and electctl is killed: that continues the guard, and it ends CMD before the deadline") {
    // We inherit the guard. Otherwise its process group would be orphaned, and the kernel would continue it for that.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    Channel channel;
    const pid_t electctl = another_process([] {
      auto guard = cli::Guard::fork(0s);
      guard->set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
      if (!guard->start({"/bin/bash", "-c", kStubbornGroup}, {})) _exit(1);
      for (;;) pause();
    });
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    kill(guard_process, SIGSTOP);
    CHECK(soon([&] { return state_of(guard_process) == 'T'; }));
    kill(electctl, SIGKILL);
    CHECK(soon([&] { return group_is_dead(group); }));
    CHECK(channel.rest().empty());
    wait_for(electctl);
    CHECK(soon([&] { return !has_other_child(); }));
  }

  TEST_CASE("a holder that is killed alone is replaced") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start({"/bin/bash", "-c",
                         "exec {x}<&9; for i in /proc/self/fd/1???; do eval \"exec ${i##*/}>&-\"; done; "
                         "echo $$ $PPID >&9; sleep 1000 9>&-"},
                        {}));
    std::istringstream said(channel.line());
    pid_t group = 0;
    pid_t guard_process = 0;
    said >> group >> guard_process;
    const auto holder = [&] {
      for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const pid_t process = std::atoi(entry.path().filename().c_str());
        if (process > 0 && process != group && getpgid(process) == group && parent_of(process) == guard_process)
          return process;
      }
      return 0;
    };
    const pid_t first = holder();
    REQUIRE(first != 0);
    kill(first, SIGKILL);
    CHECK(soon([&] {
      // The guard looks at its children after each order.
      guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
      return !runs(first) && holder() != 0;
    }));
    kill(guard_process, SIGKILL);
    CHECK(soon([&] { return !guard.next().has_value(); }));
    CHECK(channel.rest().empty());
  }

  TEST_CASE("CMD is not run where it cannot be guarded, and that is said") {
    Channel channel;
    const pid_t electctl = another_process([] {
      const rlimit none{0, 0};
      setrlimit(RLIMIT_SIGPENDING, &none);
      auto guard = cli::Guard::fork(1s);
      if (!guard->start(shell("echo ran >&9"), {})) _exit(1);
      const auto end = ending(*guard);
      const bool is_said =
          end.failure == "cannot guard /bin/sh, so it is not run: no timer: Resource temporarily unavailable";
      _exit(end.exit_code == 126 && is_said ? 0 : 2);
    });
    CHECK(wait_for(electctl) == 0);
    CHECK(channel.rest().empty());
  }

  TEST_CASE("without /proc, too, whoever left CMD's group is gone before CMD's end is told") {
    if (geteuid() != 0) return;  // Only root can hide /proc.
    Channel channel;
    const pid_t electctl = another_process([] {
      if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          mount("none", "/proc", "tmpfs", 0, nullptr) != 0) {
        _exit(1);
      }
      auto guard = cli::Guard::fork(1s);
      if (!guard->start(shell(std::string(kWanderers) + "exit 6"), {})) _exit(2);
      _exit(ending(*guard).exit_code == 6 ? 0 : 3);
    });
    CHECK(wait_for(electctl) == 0);
    CHECK(channel.rest().empty());
  }

  TEST_CASE("a guard that was stopped is continued by the next deadline") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("echo $PPID >&9; exec sleep 1000"), {}));
    const auto guard_process = channel.pid();
    kill(guard_process, SIGSTOP);
    CHECK(soon([&] { return state_of(guard_process) == 'T'; }));
    guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
    CHECK(soon([&] { return state_of(guard_process) != 'T'; }));
    guard.end_cmd();
    CHECK(ending(guard).cause == Cause::order);
  }

  TEST_CASE(
      "a CMD that has ended by itself gives its own exit code, though the guard learns of that after the deadline") {
    Channel channel;
    auto guard = make_guard();
    REQUIRE(guard.start(shell("echo $PPID >&9; echo $$ >&9; sleep 0.2; exit 7"), {}));
    const auto guard_process = channel.pid();
    const auto cmd = channel.pid();
    const auto term_at = BootClock::now() + 600ms;
    guard.set_deadline(term_at, BootClock::now() + 1h);
    kill(guard_process, SIGSTOP);
    REQUIRE(soon([&] { return state_of(cmd) == 'Z'; }));
    REQUIRE(soon([&] { return BootClock::now() > term_at; }));
    kill(guard_process, SIGCONT);
    const auto end = ending(guard);
    CHECK(end.exit_code == 7);
    CHECK(end.cause == Cause::own);
  }

  TEST_CASE("a guard that is stopped keeps nobody waiting") {
    Channel channel;
    auto guard = make_guard(100ms);
    REQUIRE(guard.start(shell("echo $PPID >&9; exec sleep 1000"), {}));
    kill(channel.pid(), SIGSTOP);
    for (int i = 0; i < 10'000; ++i) guard.set_deadline(BootClock::now() + 1h, BootClock::now() + 2h);
    guard.signal(SIGUSR1);
    guard.end_cmd();  // The order is dropped like the others. But it continues the guard, and ~Guard ends both.
  }

  TEST_CASE("a hundred quick starts leave no process and no descriptor") {
    CHECK(soon([] { return !has_other_child(); }));  // Children of earlier tests.
    const auto files = open_files();
    for (int i = 0; i < 100; ++i) REQUIRE(run({"true"}).exit_code == 0);
    CHECK(open_files() == files);
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
  }
}
