// The guard: a process that runs CMD and enforces its deadline. README, "How leadership ends", states the rule.
//
// electctl forks it while electctl has one thread and no connection. The guard depends only on its socket to electctl:
// it uses no library, allocates nothing and takes no lock. It starts CMD in a new process group when it is told to. It
// ends CMD, with all that CMD started, in these cases:
//   - The last deadline that it was told passes. SIGTERM at `term_at`, SIGKILL at `kill_at`, on CLOCK_BOOTTIME. A new
//     deadline told after that SIGTERM changes nothing.
//   - It is told to end CMD. SIGTERM at once, SIGKILL after `kill_after`, but no later than the last told `kill_at`. As
//     long as the lease is renewed, CMD has the whole kill_after.
//   - electctl is gone (its end of the socket is closed). Then as if it was told to end CMD.
// A stopped or hanging electctl sends no new deadline, so the last one passes. That includes Ctrl-Z: CMD and electctl
// stop together, the lease is not renewed, and CMD is ended when its deadline passes.
//
// The guard ends CMD's process group, and every descendant of CMD that left the group (setsid, timeout, su, a daemon).
// Both get the SIGTERM and the SIGKILL. However CMD ends, the guard kills (SIGKILL) all of them that are left. It
// reports CMD's end only when they are gone. If it has no permission to signal one (sudo, when electctl is not root),
// electctl names it on standard error, and the guard waits for its end. The guard is their subreaper, and so finds
// them: see descendants.h.
//
// If the guard fails, others do its work (kernel_guard.h):
// - It is stopped or hangs. electctl continues it (SIGCONT) with each deadline. The kernel does so when electctl dies.
//   If the guard does not kill at `kill_at`, the kernel kills the guard a little later: after a seventh of the time
//   from `term_at` to `kill_at` (a thirtieth of the TTL), at most 500 ms.
// - It is dead, for any reason. The kernel kills CMD's group. electctl, which is a subreaper too, kills the descendants
//   that have left the group.
//
// CMD does not start before both are set up. If they cannot be set up, CMD is not run. One case is not covered: a
// descendant that left the group, when the guard and electctl are both dead or stopped.
//
// The names and command lines of the guard and of the holder do not contain the program's name (ps shows "leader-guard
// of PID"), so that pkill of the program does not match them. /proc/PID/exe still points to the program.
//
// The terminal: if standard input is the terminal and electctl's group is its foreground group, the guard makes CMD's
// group the foreground group. It does not do so if CMD's output is a pipe (in `… | less`, less needs the terminal). In
// the foreground CMD reads the terminal, and gets Ctrl-C, Ctrl-Z and window changes itself. Otherwise CMD gets the
// terminal when it asks for it (SIGTTIN, SIGTTOU) while electctl's group has it. The guard takes it back when CMD stops
// or ends, and restores its modes if a signal killed CMD. From start() to CMD's end a handler in guard.cc passes
// electctl's SIGTSTP on to CMD. Do not block or handle SIGTSTP elsewhere.
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
  int exit_code = 0;  // As in a shell: CMD's own, 128+N for signal N, 126 or 127 if it could not be run.
  enum class Cause {
    own,  // CMD exited by itself, or a signal killed it (also one that electctl passed on), or it could not be run.
    deadline,  // The guard's deadline passed. If it passed before start(), CMD was not run.
    order,     // end_cmd() was called, or electctl is gone. If that was before start(), CMD was not run.
  } cause = Cause::own;
  std::string failure;  // Why CMD could not be run. Empty: it was run.
  int terminal_signal =
      0;  // The signal that killed CMD, if it was typed at the terminal that CMD had (Ctrl-C). Otherwise 0.
};

// CMD was stopped from the terminal (Ctrl-Z: it can be continued). The caller must call suspend(). Without a terminal
// it is reported only for SIGTSTP, which electctl has passed on to CMD.
struct Stopped {
  int signal;
};

using GuardEvent = std::variant<Ending, Stopped>;

class Guard {
 public:
  // Forks the guard. Call it while the process has only one thread. `kill_after`: as in --kill-after. Signals that are
  // ignored now are ignored in CMD (nohup), except SIGPIPE, SIGCHLD, SIGTTIN and SIGTTOU. CMD's signal mask is empty.
  // This process becomes a child subreaper. Children that it already has are never signalled or reaped.
  [[nodiscard]] static elect::Result<Guard> fork(std::chrono::nanoseconds kill_after);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&&) = delete;
  ~Guard();  // Closes the socket. The guard then ends CMD, if it runs, and exits. Waits for that.

  // Tells the guard a deadline, and continues it if it was stopped. May be called from any thread. Never blocks. A
  // deadline that cannot be sent is dropped; the one told before then stays in force. A deadline told before start()
  // holds for the CMD that start() runs.
  void set_deadline(elect::BootTime term_at, elect::BootTime kill_at) const;

  // Starts CMD: argv by execvp. `environment` ("NAME=value") replaces inherited variables of the same names. CMD gets
  // the standard streams, the other inherited descriptors and the terminal. Call it at most once. If CMD cannot be run,
  // next() reports an Ending. So it does for an argument or variable of more than 131071 bytes, the kernel's limit.
  // `held_file`: a descriptor that the guard also keeps open until CMD and its descendants are gone. -1: none.
  [[nodiscard]] elect::Result<void> start(const std::vector<std::string>& argv,
                                          const std::vector<std::string>& environment, int held_file = -1);

  // Sends a signal to CMD's whole process group. SIGINT, SIGTERM, SIGHUP and SIGQUIT are followed by a SIGCONT. May be
  // called from any thread. Never blocks. Does nothing if CMD does not run.
  void signal(int number) const;

  // Has the guard end CMD. May be called from any thread. Never blocks. Idempotent.
  void end_cmd() const;

  // Kills a guard that hangs. The kernel then kills CMD's group, and next() kills the descendants that left it. May be
  // called from any thread. Never blocks.
  void kill() const;

  // Stops electctl's own process group with the signal that stopped CMD, so that the shell sees a stopped job. Returns
  // after electctl is continued, and continues CMD. If nobody could continue electctl (`ssh -t HOST electctl …`), it
  // returns at once.
  void suspend(const Stopped& stopped) const;

  // Readable when next() has an event.
  [[nodiscard]] int fd() const { return socket_; }

  // The next event. nullopt: there is none yet, or CMD's end was already returned. An error: the guard itself was
  // killed. The kernel has then killed CMD's group. next() kills CMD's other descendants, and returns when all are
  // gone. It names on standard error each process that cannot be signalled, or does not end.
  [[nodiscard]] elect::Result<std::optional<GuardEvent>> next();

 private:
  Guard(int socket, int pid, std::vector<int> others)
      : socket_(socket), pid_(pid), other_children_(std::move(others)) {}
  void end_descendants();
  void report_refused(int process, unsigned user);
  void report_not_ending(int process, std::string_view why);

  int socket_;
  int pid_;
  std::vector<int> other_children_;  // Children that CMD did not start: those from before fork(), and the guard.
  bool cmd_started_ = false;
  bool cmd_ended_ = false;
  std::string program_;
  std::vector<int> reported_;  // Processes that report_not_ending() has named.
};

// Ends this process by the signal that was typed for CMD. The shell that runs electctl then sees the same end as if it
// had run CMD itself (Ctrl-C ends a script).
[[noreturn]] void end_by_terminal_signal(int number);

}  // namespace cli
