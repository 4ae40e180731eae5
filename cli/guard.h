// The guard: the process that owns CMD and its deadline. See the contract's safety rule.
//
// It is forked before electctl has a second thread or a connection, and depends on nothing but its socket to electctl:
// no library, no allocation, no lock. It starts CMD, in a process group of its own, when it is told to, and ends that
// group when
//   - the last deadline that it was told passes: SIGTERM at `term_at`, SIGKILL at `kill_at`, on CLOCK_BOOTTIME;
//   - it is told to stop: SIGTERM at once, SIGKILL after `kill_after`, but no later than `kill_at`;
//   - electctl is gone (its end of the socket is closed): the same as stop.
// A stopped or hanging electctl sends no new deadline, so the old one passes. That includes Ctrl-Z: CMD and electctl
// stop together, the lease is not renewed, and CMD is ended when its deadline passes.
//
// Whenever CMD ends, what is left of its group is killed (SIGKILL) and gone before the guard says so. A process that
// leaves the group, by setsid(2) say, is out of its reach.
//
// CMD is made the terminal's foreground group where electctl's group is, unless its output goes into a pipe; then it
// reads the terminal and gets Ctrl-C, Ctrl-Z and window changes itself.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"

namespace cli {

// How CMD ended, and why.
struct Ending {
  int exit_code = 0;  // As a shell gives it: CMD's own, 128+N for a signal, 126 or 127 where it could not be run.
  enum class Cause {
    own,       // CMD ended by itself (a signal that electctl passed on included).
    deadline,  // The guard's deadline passed; also where it had passed before CMD was to start.
    told,      // stop() was called, or electctl's end was closed.
  } cause = Cause::own;
  std::string failure;  // Why CMD could not be run; empty where it could.
  int typed = 0;        // The signal that ended CMD, where it was typed at the terminal that CMD held (Ctrl-C): 0 else.
};

// CMD was stopped, from the terminal: suspend() is to be called.
struct Stopped {
  int signal;
};

using GuardEvent = std::variant<Ending, Stopped>;

class Guard {
 public:
  // Forks the guard. Call it while the process has one thread. `kill_after` as in --kill-after.
  [[nodiscard]] static elect::Result<Guard> fork(std::chrono::nanoseconds kill_after);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&&) = delete;
  ~Guard();  // Closes the socket; the guard ends CMD if it runs, and itself. Waits until it is gone.

  // Tells the deadline. Any thread; never blocks. One that cannot be sent is dropped: the earlier one then passes.
  // Before start() it arms what start() runs under.
  void deadline(elect::BootTime term_at, elect::BootTime kill_at) const;

  // Starts CMD: argv by execvp, `environment` ("NAME=value") in place of inherited variables of the same names. Standard
  // streams, other inherited descriptors and the terminal are CMD's. At most once.
  [[nodiscard]] elect::Result<void> start(const std::vector<std::string>& argv,
                                          const std::vector<std::string>& environment);

  // Sends a signal to CMD's whole process group. Any thread. Nothing where CMD does not run.
  void signal(int number) const;

  // Ends CMD. Any thread; again is harmless.
  void stop() const;

  // Stops electctl's own process group as CMD's was, so that the shell sees a stopped job; comes back when it is
  // continued, and continues CMD.
  void suspend(const Stopped& stopped) const;

  // Becomes readable when next() has something.
  [[nodiscard]] int fd() const { return socket_; }

  // What happened next; nothing where nothing has, or CMD has ended. An error where the guard itself was killed: CMD
  // died with it (it had asked the kernel for that), and its group is killed here.
  [[nodiscard]] elect::Result<std::optional<GuardEvent>> next();

 private:
  Guard(int socket, int pid) : socket_(socket), pid_(pid) {}

  int socket_;
  int pid_;
  int group_ = 0;  // CMD's process group, once it was started.
  bool ended_ = false;
  std::string program_;
};

// Ends this process by the signal that was typed for CMD, so that the shell that runs electctl sees what it would see
// of CMD itself (a script ends at Ctrl-C).
[[noreturn]] void end_as_typed(int number);

}  // namespace cli
