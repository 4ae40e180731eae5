// Finds and kills all descendants of this process, also those in another process group or session, those of another
// user, and daemons. This process must be a child subreaper (PR_SET_CHILD_SUBREAPER). A descendant that loses its
// parent then becomes a child of this process, so none can escape.
//
// Reads /proc and follows the parent of each process. If there is no /proc, or it is that of another PID namespace, it
// asks the kernel for each process ID whether it is a child of this process. Grandchildren are then found only after
// their parents are dead. The class allocates nothing and takes no lock. A process uses one object at a time.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace cli {

// Whether this process has a child that lives or is not yet reaped.
[[nodiscard]] bool has_child();

// The children of this process. Allocates memory.
[[nodiscard]] std::vector<pid_t> children();

class Descendants {
 public:
  // A process that this one has no permission to signal. It belongs to another user.
  struct Refused {
    pid_t process = 0;
    uid_t user = 0;  // Or kUnknownUser.
  };
  static constexpr uid_t kUnknownUser = ~uid_t{0};

  // What one kill_round() found.
  struct Remaining {
    int living = 0;                          // Found alive, including those that could not be signalled.
    int zombies = 0;                         // Direct children that are dead and not reaped.
    int refused = 0;                         // Living, but could not be signalled.
    std::array<Refused, 8> first_refused{};  // The first of the refused ones.
    // The first of the others. They got SIGKILL: they may take some time to die, or are dead and cannot be reaped.
    std::array<pid_t, 8> first_killed{};
  };

  enum class Reap { no, yes };

  // `excluded`: children that get no signal. Their descendants get none either. Reap::yes: kill_round() reaps dead
  // children.
  explicit Descendants(Reap reap, std::span<const pid_t> excluded = {}) : excluded_(excluded), reap_(reap) {}

  // Sends the signals to each descendant when it finds it, except to members of `group`. Without /proc it sends
  // nothing. Ends early if `go_on`, called after each scan, returns false.
  template <class Function>
  void signal(std::initializer_list<int> signals, pid_t group, Function go_on) {
    constexpr int max_scans = 5;  // Some may fork forever.
    for (int scans = 0; scans < max_scans && scan(signals, group) > 0 && go_on(); ++scans) {
    }
    forget_found();
  }

  // One round. Kills children as long as new ones appear. Then looks for all other descendants. Sends SIGSTOP to each
  // when it finds it, so that it cannot fork. Looks again until it finds no new one. Then sends SIGKILL to all. Repeat
  // the round until none is left: some take time to die, and one may fork just before its SIGSTOP. Calls `between`
  // between two looks.
  template <class Function>
  [[nodiscard]] Remaining kill_round(Function between) {
    kill_new_children(between);
    constexpr int max_scans = 100;
    for (int scans = 0; scans < max_scans && scan({SIGSTOP}, 0) > 0; ++scans) {
      between();
      kill_new_children(between);
    }
    return kill_found();
  }

 private:
  // A process that keeps forking and exiting is a child of this process, since its parent is dead, and lives only a
  // short time. A look at the children alone is fast enough to catch it.
  template <class Function>
  void kill_new_children(Function between) {
    constexpr int max_looks = 10'000;
    constexpr int max_idle = 5;  // A child that was killed takes some time to die. Then its own children become ours.
    for (int looks = 0, idle = 0; looks < max_looks && idle < max_idle; ++looks) {
      idle = kill_children() > 0 ? 0 : idle + 1;
      between();
    }
  }

  // Sends SIGKILL to each child, and to the group of each new one. Returns the number of new ones. Without the kernel's
  // list of children it sends nothing.
  [[nodiscard]] int kill_children();
  void kill_group_of(pid_t child) const;
  // Sends the signals to each descendant that was not found before, except to members of `group`. Returns the number of
  // new ones.
  [[nodiscard]] int scan(std::initializer_list<int> signals, pid_t group);
  [[nodiscard]] int scan_ids();
  [[nodiscard]] Remaining kill_found();
  static void forget_found();
  [[nodiscard]] bool descends(int proc, pid_t process, pid_t parent) const;
  [[nodiscard]] bool is_excluded(pid_t process) const;
  [[nodiscard]] int send(int proc, pid_t process, int number) const;
  void note_killed(pid_t process);

  const std::span<const pid_t> excluded_;
  const Reap reap_;
  int zombies_ = 0;
  int killed_by_id_ = 0;
  std::array<pid_t, 8> first_killed_{};  // See Remaining.
};

// Finds the processes that do not end: two looks, more than a second apart, find them killed and still there.
class NotEnding {
 public:
  // `now`: of a clock in nanoseconds. Calls `function` with each process that does not end, at each look again.
  template <class Function>
  void look(const Descendants::Remaining& remaining, std::int64_t now, Function function) {
    if (now < next_) return;
    for (const pid_t process : remaining.first_killed) {
      if (process != 0 && std::ranges::find(before_, process) != before_.end()) function(process);
    }
    before_ = remaining.first_killed;
    next_ = now + 1'000'000'000;
  }

 private:
  std::array<pid_t, 8> before_{};
  std::int64_t next_ = 0;
};

}  // namespace cli
