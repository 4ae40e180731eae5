// The guard: the process that owns CMD and its deadline. Its rule is in README, "How leadership ends".
//
// It is forked before electctl has a second thread or a connection, and depends on nothing but its socket to electctl:
// no library, no allocation, no lock. It starts CMD, in a process group of its own, when it is told to, and ends CMD
// with all that CMD started when
//   - the last deadline that it was told passes: SIGTERM at `term_at`, SIGKILL at `kill_at`, on CLOCK_BOOTTIME. A
//     later deadline told after that SIGTERM changes nothing;
//   - it is told to stop: SIGTERM at once, SIGKILL after `kill_after`, but no later than the `kill_at` last told: while
//     the lease is still renewed, CMD has all of its kill_after;
//   - electctl is gone (its end of the socket is closed): the same as stop.
// A stopped or hanging electctl sends no new deadline, so the old one passes. That includes Ctrl-Z: CMD and electctl
// stop together, the lease is not renewed, and CMD is ended when its deadline passes.
//
// Whom it ends: CMD's process group, and every descendant of CMD that left it (setsid, timeout, su, a daemon). Both get
// the SIGTERM and the SIGKILL. Whenever CMD ends, who is left of them is killed (SIGKILL) and gone before the guard
// says so. One that may not be signalled (sudo, where electctl is not root) is named on standard error, and its end is
// waited for. The guard finds them as their subreaper: see descendants.h.
//
// Where the guard cannot do its work, others do (kernel_guard.h):
// - It is stopped or hangs. electctl continues it (SIGCONT) with each deadline and by its own death. Where it does not
//   kill at `kill_at`, the kernel kills the guard a little later: by a seventh of what lies between `term_at` and
//   `kill_at` (a thirtieth of the TTL), at most 500 ms.
// - It is dead, however it died. The kernel kills CMD's group. electctl, a subreaper as well, kills the descendants
//   that have left it.
//
// CMD does not start before both are in place, and is not run where they cannot be. Out of reach: a descendant that
// left the group, where guard and electctl are both dead or stopped.
//
// The guard's and the holder's name and command line do not hold the program's name (ps shows "leader-guard of PID"),
// so that pkill does not mean them as well. /proc/PID/exe still leads to the program.
//
// Where standard input is the terminal and electctl's group its foreground group, CMD's becomes that, unless its output
// goes into a pipe (`… | less` wants the terminal); then it reads the terminal and gets Ctrl-C, Ctrl-Z and window
// changes itself. Otherwise CMD gets the terminal when it turns out to want it (SIGTTIN, SIGTTOU) while electctl's
// group has it. The guard takes it back when CMD is stopped or ended, and puts its modes right where a signal ended
// CMD. From start() to CMD's end a handler here passes electctl's SIGTSTP on to CMD: it is not to be blocked or handled
// elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"

namespace cli {

// How CMD ended, and why.
struct Ending {
  int exit_code = 0;  // As a shell gives it: CMD's own, 128+N for a signal, 126 or 127 where it could not be run.
  enum class Cause {
    own,       // CMD ended by itself (a signal that electctl passed on included), or could not be run.
    deadline,  // The guard's deadline passed; also where it had passed before CMD was to start: it is not run then.
    told,      // stop() was called; before start() too: CMD is not run then.
  } cause = Cause::own;
  std::string failure;  // Why CMD could not be run; empty where it could.
  int terminal_signal =
      0;  // The signal that ended CMD, where it was typed at the terminal that CMD held (Ctrl-C): 0 else.
};

// CMD was stopped, from the terminal: suspend() is to be called. Not told where there is no terminal.
struct Stopped {
  int signal;
};

using GuardEvent = std::variant<Ending, Stopped>;

class Guard {
 public:
  // Forks the guard. Call it while the process has one thread. `kill_after` as in --kill-after. Signals that are
  // ignored now are ignored in CMD (nohup), but for SIGPIPE and SIGCHLD; CMD's mask is empty. This process becomes a
  // child subreaper. Children that it has already are left alone, whatever happens.
  [[nodiscard]] static elect::Result<Guard> fork(std::chrono::nanoseconds kill_after);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&&) = delete;
  ~Guard();  // Closes the socket; the guard ends CMD if it runs, and itself. Waits until it is gone.

  // Tells the deadline, and continues a guard that was stopped. Any thread; never blocks. One that cannot be sent is
  // dropped: the earlier one then passes. Before start() it arms what start() runs under.
  void deadline(elect::BootTime term_at, elect::BootTime kill_at) const;

  // Starts CMD: argv by execvp, `environment` ("NAME=value") in place of inherited variables of the same names.
  // Standard streams, other inherited descriptors and the terminal are CMD's. At most once. That CMD cannot be run is
  // an Ending; so it is with an argument or variable of more than 131071 bytes, which the kernel takes from nobody.
  // `held`: a descriptor that the guard keeps open, too, until CMD and its descendants are gone; -1: none.
  [[nodiscard]] elect::Result<void> start(const std::vector<std::string>& argv,
                                          const std::vector<std::string>& environment, int held = -1);

  // Sends a signal to CMD's whole process group; behind SIGINT, SIGTERM, SIGHUP and SIGQUIT a SIGCONT. Any thread;
  // never blocks. Nothing where CMD does not run.
  void signal(int number) const;

  // Ends CMD. Any thread; never blocks; again is harmless.
  void stop() const;

  // Kills the guard, for one that hangs: the kernel then kills CMD's group, and next() who left it. Any thread; never
  // blocks.
  void kill() const;

  // Stops electctl's own process group as CMD's was, so that the shell sees a stopped job; comes back when it is
  // continued, and continues CMD. Where nobody could continue us (`ssh -t HOST electctl …`), it comes back at once.
  void suspend(const Stopped& stopped) const;

  // Becomes readable when next() has something.
  [[nodiscard]] int fd() const { return socket_; }

  // What happened next; nothing where nothing has, or CMD has ended. An error where the guard itself was killed: the
  // kernel has then killed CMD's group, and its other descendants are killed here; it comes back when all are gone.
  // Names on standard error whoever may not be signalled.
  [[nodiscard]] elect::Result<std::optional<GuardEvent>> next();

 private:
  Guard(int socket, int pid, std::vector<int> others) : socket_(socket), pid_(pid), spared_(std::move(others)) {}
  void end_descendants();
  void say_refused(int process, unsigned user);

  int socket_;
  int pid_;
  std::vector<int> spared_;  // Our children that are not CMD's: those there were before, and the guard.
  bool started_ = false;
  bool ended_ = false;
  std::string program_;
  std::vector<int> said_;  // Whoever may not be signalled, and was named.
};

// Ends this process by the signal that was typed for CMD, so that the shell that runs electctl sees what it would see
// of CMD itself (a script ends at Ctrl-C).
[[noreturn]] void end_by_terminal_signal(int number);

}  // namespace cli
