// The queue of candidates: who leads, who waits, and each change of the leader, from a snapshot and the events after
// it.
//
// observe, inspect and the history all use it, so they agree. Pure: no I/O, no clock. Not thread-safe.
//
// The input comes from the store and is not trusted: keys without a lease, foreign keys under the prefix, equal create
// revisions (one Txn put several keys), events for unknown keys, repeated events.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "elect/store.h"

namespace elect {

// A change of the leader, or of its value.
struct Change {
  enum class Type {
    elected,     // `leader` leads from `revision` on.
    proclaimed,  // The same leader put a value again, usually a new one.
    vacant,      // No leader. `leader` is the one whose term ended.
  };
  Type type;
  Revision revision;  // The revision that made the change.
  Candidate leader;

  bool operator==(const Change&) const = default;
};

class Queue {
 public:
  // Empty: no candidate, no event applied.
  Queue() = default;
  // Starts with the candidates at revision `at`, in any order.
  Queue(std::vector<Candidate> snapshot, Revision at);

  // Applies all events of one revision. The store made them at once, so there are no states in between. Returns the
  // change of leader that they cause, if any. Ignores revisions that were applied before: a resumed watch may repeat
  // some. O(log n) an event.
  std::optional<Change> apply(Revision revision, std::span<const Event> events);

  // The candidate with the smallest create revision; if several share it, the one with the smallest key. nullptr: none.
  // Valid until the next apply.
  [[nodiscard]] const Candidate* leader() const;

  // The candidate with this key, or nullptr. Valid until the next apply.
  [[nodiscard]] const Candidate* find(const std::string& key) const;

  // All candidates, from the front of the queue.
  [[nodiscard]] std::vector<Candidate> in_order() const;

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  using Position = std::pair<Revision, std::string>;  // create revision, key

  void put(Candidate candidate);
  void remove(const std::string& key);

  std::map<Position, Candidate> order_;
  std::unordered_map<std::string, Revision> by_key_;  // From a key to its create revision.
  Revision applied_ = 0;
};

}  // namespace elect
