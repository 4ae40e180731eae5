#include "process/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace cli {
namespace {

constexpr pid_t kHighestId = 4'194'304;  // The kernel's limit for process IDs.

struct Process {
  pid_t parent = 0;
  pid_t group = 0;
  bool living = false;
};

// A set of process IDs: one bit for each ID there can be.
class Processes {
 public:
  [[nodiscard]] bool contains(pid_t process) const { return (words_[word_of(process)] & bit_of(process)) != 0; }

  // False: the process is in the set already.
  bool insert(pid_t process) {
    if (contains(process)) return false;
    const std::size_t word = word_of(process);
    words_[word] |= bit_of(process);
    first_ = std::min(first_, word);
    end_ = std::max(end_, word + 1);
    return true;
  }

  // Calls `function` with each process, and empties the set.
  template <class Function>
  void take_each(Function function) {
    const std::size_t first = std::exchange(first_, words_.size());
    const std::size_t end = std::exchange(end_, 0);
    for (std::size_t i = first; i < end; ++i) {
      if (words_[i] == 0) continue;  // Writing to a page would take memory for it.
      const std::uint64_t word = std::exchange(words_[i], 0);
      for (std::size_t bit = 0; bit < kBits; ++bit) {
        if ((word >> bit & 1) != 0) function(static_cast<pid_t>(i * kBits + bit));
      }
    }
  }

 private:
  static constexpr std::size_t kBits = 64;
  static std::size_t word_of(pid_t process) { return static_cast<std::size_t>(process) / kBits; }
  static std::uint64_t bit_of(pid_t process) { return std::uint64_t{1} << (static_cast<std::size_t>(process) % kBits); }

  std::array<std::uint64_t, static_cast<std::size_t>(kHighestId) / kBits + 1> words_{};
  std::size_t first_ = words_.size();  // The words from here to `end_` may have bits.
  std::size_t end_ = 0;
};

// The descendants found since the last forget_found(). Static, so it takes memory only where there are processes.
constinit Processes found_ones;

// /proc, if it belongs to our own PID namespace. Otherwise directory() is -1.
class Proc {
 public:
  Proc() : directory_(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    char self[16] = {};
    if (directory_ < 0 || readlinkat(directory_, "self", self, sizeof self - 1) <= 0 || std::atoi(self) != getpid()) {
      release();
    }
  }
  ~Proc() { release(); }
  Proc(const Proc&) = delete;
  Proc& operator=(const Proc&) = delete;

  [[nodiscard]] int directory() const { return directory_; }

  // Calls `function` with the ID of every process.
  template <class Function>
  void for_each(Function function) const {
    lseek(directory_, 0, SEEK_SET);
    alignas(dirent64) char entries[2048];
    std::array<pid_t, sizeof entries / 24> ids{};
    for (ssize_t size = 0; (size = getdents64(directory_, entries, sizeof entries)) > 0;) {
      std::size_t count = 0;
      for (ssize_t at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const dirent64*>(entries + at);
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') ids[count++] = std::atoi(entry->d_name);
        at += entry->d_reclen;
      }
      // The youngest first: a process that keeps forking and exiting lives only a short time.
      while (count > 0) function(ids[--count]);
    }
  }

 private:
  void release() {
    if (directory_ >= 0) close(directory_);
    directory_ = -1;
  }

  int directory_;
};

// Reads the first bytes of /proc/PROCESS/FILE. False: it cannot be read, because the process is gone.
bool read_about(int proc, pid_t process, const char* file, std::span<char> text) {
  char path[32];
  std::snprintf(path, sizeof path, "%d/%s", process, file);
  const int opened = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (opened < 0) return false;
  const ssize_t size = read(opened, text.data(), text.size() - 1);
  close(opened);
  text[static_cast<std::size_t>(std::max<ssize_t>(size, 0))] = '\0';
  return size > 0;
}

// Calls `function` with each child of this process, the youngest of each part of the list first. Nothing happens
// without /proc, or if the kernel has no list of children. Adopted children belong to the first thread. Its ID is that
// of the process.
template <class Function>
void for_each_listed_child(int proc, Function function) {
  if (proc < 0) return;
  char path[48];
  std::snprintf(path, sizeof path, "self/task/%d/children", getpid());
  const int list = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  char text[2048];
  std::array<pid_t, sizeof text / 2> ids{};
  pid_t id = 0;  // An ID may begin in one part and end in the next.
  for (ssize_t size = 0; (size = read(list, text, sizeof text)) > 0;) {
    std::size_t count = 0;
    for (const char letter : std::span(text, static_cast<std::size_t>(size))) {
      if (letter >= '0' && letter <= '9') {
        id = 10 * id + (letter - '0');
      } else if (id != 0) {
        ids[count++] = std::exchange(id, 0);
      }
    }
    while (count > 0) function(ids[--count]);
  }
  close(list);
}

bool look_up(int proc, pid_t process, Process& found) {
  char text[512];
  if (!read_about(proc, process, "stat", text)) return false;
  const char* after_name = std::strrchr(text, ')');
  char state = 'X';
  int threads = 0;
  constexpr const char* kFields = ") %c %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %d";
  if (after_name == nullptr || std::sscanf(after_name, kFields, &state, &found.parent, &found.group, &threads) != 4) {
    return false;
  }
  // If its first thread has ended, a process is shown as a zombie even while its other threads run.
  found.living = (state != 'Z' && state != 'X') || threads > 1;
  return true;
}

uid_t user_of(int proc, pid_t process) {
  char text[2048];
  unsigned user = 0;
  if (!read_about(proc, process, "status", text)) return Descendants::kUnknownUser;
  const char* line = std::strstr(text, "\nUid:");
  return line != nullptr && std::sscanf(line, "\nUid: %u", &user) == 1 ? user : Descendants::kUnknownUser;
}

// Whether `process` is a child of this process. `dead`: it waits to be reaped. A child's ID is not reused until the
// child is reaped.
bool is_child(pid_t process, bool& dead) {
  siginfo_t child{};
  if (waitid(P_PID, static_cast<id_t>(process), &child, WEXITED | WNOHANG | WNOWAIT) != 0) return false;
  dead = child.si_pid == process;
  return true;
}

// Calls `function` with each child of this process, and whether it is dead. The kernel gives IDs in rising order, so
// recent children have IDs just above our own. All other IDs are tried only if `function` returned true for none there.
template <class Function>
void for_each_child(Function function) {
  constexpr pid_t nearby = 65'536;
  const pid_t self = getpid();
  const auto try_all = [&](pid_t from, pid_t end) {
    bool dead = false;
    bool found = false;
    for (pid_t process = from; process < end; ++process) {
      if (is_child(process, dead)) found |= function(process, dead);
    }
    return found;
  };
  const pid_t middle = std::min(self + nearby, kHighestId);
  if (try_all(self + 1, middle)) return;
  try_all(middle, kHighestId);
  try_all(2, self);
}

}  // namespace

bool has_child() {
  siginfo_t child{};
  return waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

std::vector<pid_t> children() {
  std::vector<pid_t> result;
  if (!has_child()) return result;
  const Proc proc;
  if (proc.directory() < 0) {
    for_each_child([&](pid_t process, bool) {
      result.push_back(process);
      return false;  // Go on and try all IDs.
    });
    return result;
  }
  proc.for_each([&](pid_t process) {
    bool dead = false;
    if (is_child(process, dead)) result.push_back(process);
  });
  return result;
}

bool Descendants::is_excluded(pid_t process) const { return std::ranges::find(excluded_, process) != excluded_.end(); }

// Whether `process` descends from this process. `parent` is its parent.
bool Descendants::descends(int proc, pid_t process, pid_t parent) const {
  const pid_t self = getpid();
  Process found;
  for (int generations = 0; generations < 10'000 && parent != self; ++generations) {
    process = parent;
    if (process <= 1 || !look_up(proc, process, found)) return false;
    parent = found.parent;
  }
  return parent == self && !is_excluded(process);
}

// Returns an errno, or 0. A pidfd always means the same process, even if its ID is reused. So the check that the
// process is a descendant comes after the pidfd is opened.
int Descendants::send(int proc, pid_t process, int number) const {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (handle < 0 && errno == ESRCH) return ESRCH;
  int error = ESRCH;
  Process found;
  bool dead = false;
  const bool is_ours = look_up(proc, process, found) ? descends(proc, process, found.parent)
                                                     : is_child(process, dead) && !dead;  // Hidden (hidepid).
  if (is_ours) {
    error = handle >= 0 && syscall(SYS_pidfd_send_signal, handle, number, nullptr, 0) == 0 ? 0 : errno;
    // Kernels before 5.3 have no pidfd, and some sandboxes refuse it.
    if (error != 0 && error != ESRCH) error = kill(process, number) == 0 ? 0 : errno;
  }
  if (handle >= 0) close(handle);
  return error;
}

int Descendants::kill_children() {
  const Proc proc;
  int new_ones = 0;
  for_each_listed_child(proc.directory(), [&](pid_t process) {
    if (is_excluded(process)) return;
    const bool is_killed = kill(process, SIGKILL) == 0;  // No other process can have its ID before it is reaped.
    bool dead = false;
    if (!is_child(process, dead)) return;
    if (dead) {
      ++new_ones;  // Its children are ours now.
      if (reap_ == Reap::yes) waitpid(process, nullptr, WNOHANG);
    } else if (found_ones.insert(process) && is_killed) {
      ++new_ones;
      kill_group_of(process);
    }
  });
  return new_ones;
}

// No member of a group can fork while the group is killed. Groups of our own session are left alone: they may have
// members that are not our descendants. A descendant made any other session, and only its descendants are in it. A
// process can leave our session, but never come back. So its session has to be looked at before its group.
void Descendants::kill_group_of(pid_t child) const {
  if (getsid(child) == getsid(0)) return;
  const pid_t group = getpgid(child);
  if (group <= 1 || std::ranges::any_of(excluded_, [&](pid_t other) { return getpgid(other) == group; })) return;
  kill(-group, SIGKILL);
}

int Descendants::scan(std::initializer_list<int> signals, pid_t group) {
  const Proc proc;
  const bool kills = group == 0;
  if (proc.directory() < 0) return kills ? scan_ids() : 0;
  const pid_t self = getpid();
  int new_ones = 0;
  first_killed_ = {};
  zombies_ = 0;
  killed_by_id_ = 0;
  const auto visit = [&](pid_t process) {
    Process found;
    if (found_ones.contains(process) || !look_up(proc.directory(), process, found)) return;
    if (!found_ones.contains(found.parent) && !descends(proc.directory(), process, found.parent)) return;
    if (!found.living) {
      if (found.parent != self) return;
      ++zombies_;
      note_killed(process);
      if (reap_ == Reap::yes) waitpid(process, nullptr, WNOHANG);
      return;
    }
    found_ones.insert(process);
    ++new_ones;
    if (!kills && found.group == group) return;
    for (const int number : signals) (void)send(proc.directory(), process, number);
  };
  // The kernel gives IDs in rising order, so descendants mostly have IDs above ours. Look there first, before the many
  // other processes.
  proc.for_each([&](pid_t process) {
    if (process > self) visit(process);
  });
  proc.for_each([&](pid_t process) {
    if (process < self) visit(process);
  });
  return new_ones;
}

// Kills at once, without a SIGSTOP first, because one look takes long.
int Descendants::scan_ids() {
  first_killed_ = {};
  zombies_ = 0;
  killed_by_id_ = 0;
  for_each_child([&](pid_t process, bool dead) {
    if (is_excluded(process)) return false;
    if (dead) {
      ++zombies_;
      note_killed(process);
      if (reap_ == Reap::yes) waitpid(process, nullptr, WNOHANG);
      return true;
    }
    ++killed_by_id_;
    if (kill(process, SIGKILL) != 0) {
      found_ones.insert(process);
      return false;
    }
    note_killed(process);
    return true;
  });
  return 0;
}

void Descendants::note_killed(pid_t process) {
  const auto free = std::ranges::find(first_killed_, 0);
  if (free != first_killed_.end()) *free = process;
}

void Descendants::forget_found() {
  found_ones.take_each([](pid_t) {});
}

Descendants::Remaining Descendants::kill_found() {
  const Proc proc;
  Remaining remaining{.living = killed_by_id_, .zombies = zombies_, .first_killed = {}};
  const bool by_id = proc.directory() < 0;
  found_ones.take_each([&](pid_t process) {
    const int error = by_id ? EPERM : send(proc.directory(), process, SIGKILL);
    if (error == ESRCH) return;
    if (!by_id) ++remaining.living;
    if (error == 0) return note_killed(process);
    if (static_cast<std::size_t>(remaining.refused) < remaining.first_refused.size()) {
      remaining.first_refused[static_cast<std::size_t>(remaining.refused)] = {
          process, by_id ? kUnknownUser : user_of(proc.directory(), process)};
    }
    ++remaining.refused;
  });
  remaining.first_killed = first_killed_;
  return remaining;
}

}  // namespace cli
