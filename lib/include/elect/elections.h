// All elections below a prefix of their names.
//
// An election is whatever has a candidate directly under it: the key "a/b/1f" makes an election "a/b", whose name is
// what stands before the key's last slash. Where "a/1e" stands, too, then "a" is an election as well, and "a/b/1f" is a
// candidate of both, as it is to everybody who asks etcd for the keys under "a/".
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "elect/candidates.h"
#include "elect/store.h"

namespace elect {

// The queues of all of them, from a snapshot and the events after it. Pure. Not synchronised: one thread at a time.
class Elections {
 public:
  // `snapshot`: what stands, in any order, below that prefix at revision `at`. Keys without a slash are no candidates.
  explicit Elections(std::string prefix, const std::vector<Candidate>& snapshot = {}, Revision at = 0);

  struct Named {
    std::string election;
    Change change;
    std::int64_t count;  // How many stand in that election now, the leader included; 0: it stood up in a vacancy.
  };
  // Applies all events of one revision: what changed in which elections, in the order of their names.
  std::vector<Named> apply(Revision revision, std::span<const Event> events);

  // By name. An election without a candidate is none.
  [[nodiscard]] const std::map<std::string, Queue, std::less<>>& all() const { return queues_; }

 private:
  [[nodiscard]] bool is_new(std::string_view election) const;
  // Makes a queue of what already stands deeper.
  void add(std::string_view election);
  // The names of the elections that a key is a candidate of.
  [[nodiscard]] std::vector<std::string_view> of(std::string_view key) const;

  std::string prefix_;
  Revision applied_;
  std::map<std::string, Queue, std::less<>> queues_;
  std::map<std::size_t, std::size_t> lengths_;  // How many names have so many bytes: a key can have a million slashes.
};

}  // namespace elect
