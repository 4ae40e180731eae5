// What the kernel does when the guard is stopped, hangs or is dead. It kills a guard that is too late, and it kills
// CMD's process group when the guard is dead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <initializer_list>

namespace cli {

// Redirects the standard streams to /dev/null, and closes all other descriptors except `files` (-1 is ignored).
void keep_only(std::initializer_list<int> files);

// Makes the kernel kill this process at a set time, even while it is stopped.
class KillTimer {
 public:
  // False: it failed, see errno.
  [[nodiscard]] bool make();

  // Sets the time, in nanoseconds on CLOCK_BOOTTIME. It replaces the one set before. 0: never.
  [[nodiscard]] bool set(std::int64_t time) const;

 private:
  timer_t timer_{};
};

// Makes the kernel kill CMD's process group (SIGKILL) when this process is dead, for any reason.
//
// Only this process has the write end of a pipe. When it is dead, the pipe has no writer. The kernel then sends SIGKILL
// to the process group that owns the pipe's read end, also to stopped members, with the permissions that this process
// had. A process must hold the read end open until then. CMD inherits it, but CMD may close it. So a process in CMD's
// group, the holder, does nothing but hold it. The holder is a child of this process, not of CMD. It blocks all
// signals, has no other file open, and is killed with the group. waitid(2) does not count it among the children of this
// process.
class GroupKiller {
 public:
  // Makes the pipe and the holder. The holder dies with this process. False: it failed, see errno.
  [[nodiscard]] bool make();

  // Puts the holder into the group, and makes this group the one that is killed. False: it failed, see errno.
  [[nodiscard]] bool arm(pid_t group);

  // For the fork of this process that becomes CMD. Keeps the read end open across its exec, under a high number.
  void keep_reader_over_exec() const;

  // This process must keep both open.
  [[nodiscard]] int reader() const { return pipe_[0]; }
  [[nodiscard]] int writer() const { return pipe_[1]; }

  // Makes another holder in this group if the old one was killed alone.
  void keep_holder(pid_t group);

  // Kills and reaps the holder.
  void end_holder();

 private:
  [[nodiscard]] bool start_holder(int ready);

  int pipe_[2] = {-1, -1};
  int holder_ready_ = -1;  // The holder writes here when it has closed all but the read end.
  pid_t holder_ = 0;
};

}  // namespace cli
