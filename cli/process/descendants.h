// All processes that descend from this one, wherever they went: into a group or session of their own, to another user,
// or on as daemons. This process must be a child subreaper (PR_SET_CHILD_SUBREAPER): whoever loses its parent then
// becomes this process's child, so that nobody gets away.
//
// They are found in /proc by their parents. Where there is no /proc, or that of another PID namespace, the kernel is
// asked for each number whether it is a child of ours; grandchildren are found once their parents are dead. No
// allocation, no lock.
#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace cli {

// Whether this process has any child, living or not yet reaped.
[[nodiscard]] bool has_child();

// The children of this process. Allocates.
[[nodiscard]] std::vector<pid_t> children();

class Descendants {
 public:
  // A process that may not be signalled: another user's.
  struct Refused {
    pid_t process = 0;
    uid_t user = 0;  // Or kUnknownUser.
  };
  static constexpr uid_t kUnknownUser = ~uid_t{0};

  // What a round of end() found.
  struct Left {
    int living = 0;                  // Those that it found alive, whether they could be signalled or not.
    int zombies = 0;                 // Our own children, dead and not reaped.
    int refused = 0;                 // Of the living ones.
    std::array<Refused, 8> which{};  // The first of those.
  };

  enum class Reap { no, yes };

  // `spared`: children that are left alone, with what descends from them. Reap::yes: end() reaps the dead.
  explicit Descendants(Reap reap, std::span<const pid_t> spared = {}) : spared_(spared), reap_(reap) {}

  // Sends the signals to each, as it is found, but for the members of `group`. Without /proc: to nobody.
  void signal(std::initializer_list<int> numbers, pid_t group);

  // One round: SIGSTOP to each as it is found, so that it starts no other, until none is found that was not known, then
  // SIGKILL. Repeat it until nobody is left: some are still dying, or had a child at the wrong moment.
  // `between` is called between two looks.
  template <class Function>
  [[nodiscard]] Left end(Function between) {
    constexpr int most_looks = 100;
    for (int looks = 0; looks < most_looks && look({SIGSTOP}, 0) > 0; ++looks) between();
    return kill_found();
  }

 private:
  // Sends the signals to whoever was not found before, but for members of `group`. How many these were.
  [[nodiscard]] int look(std::initializer_list<int> numbers, pid_t group);
  [[nodiscard]] int look_at_numbers();
  [[nodiscard]] Left kill_found();
  [[nodiscard]] bool descends(int proc, pid_t process, pid_t parent) const;
  [[nodiscard]] bool is_spared(pid_t process) const;
  [[nodiscard]] bool is_found(pid_t process) const;
  int send(int proc, pid_t process, int number) const;

  const std::span<const pid_t> spared_;
  const Reap reap_;
  std::array<pid_t, 2048> found_{};
  std::size_t count_ = 0;
  int zombies_ = 0;
  int killed_by_number_ = 0;
};

}  // namespace cli
