// All elections below a prefix of their names.
//
// An election exists if it has a candidate directly under it: the key "a/b/1f" makes an election "a/b", the part before
// the last slash. If there is also a key "a/1e", then "a" is an election, too, and "a/b/1f" is a candidate of both:
// etcd lists it among the keys under "a/".
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "elect/candidates.h"
#include "elect/store.h"

namespace elect {

// The queues of all these elections, from a snapshot and the events after it. Pure. Not thread-safe.
class Elections {
 public:
  // `snapshot`: the keys below the prefix at revision `at`, in any order. Keys without a slash are no candidates.
  explicit Elections(std::string prefix, const std::vector<Candidate>& snapshot = {}, Revision at = 0);

  struct NamedChange {
    std::string election;
    Change change;
    // The number of candidates, with the leader. 0: it stood when there was no other, and led at once.
    std::int64_t count;
  };
  // Applies all events of one revision. Returns what changed in which election, sorted by name.
  std::vector<NamedChange> apply(Revision revision, std::span<const Event> events);

  // By name. Without a candidate there is no election.
  [[nodiscard]] const std::map<std::string, Queue, std::less<>>& all() const { return queues_; }

 private:
  [[nodiscard]] bool is_new(std::string_view election) const;
  // Makes a new queue, from the candidates that are already known below its name.
  void add(std::string_view election);
  // The names of the elections that this key is a candidate of.
  [[nodiscard]] std::vector<std::string_view> elections_of(std::string_view key) const;

  std::string prefix_;
  Revision applied_;
  std::map<std::string, Queue, std::less<>> queues_;
  // From a length in bytes to the number of names with it. So no key is tried at each of its slashes: it can have a
  // million of them.
  std::map<std::size_t, std::size_t> name_lengths_;
};

}  // namespace elect
