// What the kernel does where the guard cannot, being stopped, hung or dead: it kills the guard when its time is over,
// and CMD's process group when the guard is dead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <initializer_list>

namespace cli {

// Makes the standard streams /dev/null, and closes all descriptors but `files` (-1: none).
void keep_only(std::initializer_list<int> files);

// Has the kernel kill this process at a time that is told, also while it is stopped.
class KillTimer {
 public:
  // False: errno says why not.
  [[nodiscard]] bool make();

  // In nanoseconds on CLOCK_BOOTTIME, in place of what was set before; 0: not at all.
  [[nodiscard]] bool set(std::int64_t time) const;

 private:
  timer_t timer_{};
};

// Has the kernel kill CMD's process group (SIGKILL) when this process is dead, however it died.
//
// This process is the only one that writes to a pipe. When it is dead the pipe has no writer any more; the kernel then
// sends SIGKILL to the group that owns the pipe's read end, stopped members included, with the rights that this process
// had. Somebody must hold the read end until then: CMD inherits it, and because CMD may close what it inherited, a
// process of ours in CMD's group, the holder, does nothing else. It is a child of this process, not of CMD, blocks all
// signals, holds no other file, and is killed with the group. Whoever asks by waitid(2) whether this process has
// children is not told of it.
class GroupKiller {
 public:
  // Makes the pipe and the holder, which dies with this process. False: errno says why not.
  [[nodiscard]] bool make();

  // Puts the holder into the group, and makes the group the one to be killed. False: errno says why not.
  [[nodiscard]] bool arm(pid_t group);

  // In a fork of this process that is to become CMD: it keeps the read end, over its exec, too, under a high number.
  void become_cmd() const;

  // To be kept open in this process.
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }

  // Makes another holder, in that group, where the first one was killed alone.
  void keep_holder(pid_t group);

  // Kills and reaps the holder.
  void end_holder();

 private:
  [[nodiscard]] bool start_holder(int ready);

  int ends_[2] = {-1, -1};
  int ready_ = -1;  // The holder says here that it holds the read end alone.
  pid_t holder_ = 0;
};

}  // namespace cli
