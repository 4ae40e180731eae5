// The queue of candidates: who leads, who waits, and every change of that, from a snapshot and the events after it.
//
// One part under all that looks at an election (observe, inspect, history, a candidate's own place), so that all of
// them agree. Pure: it does no I/O and knows no time. Not synchronised: one thread at a time.
//
// What comes in is the store's and is not trusted: keys under the prefix that no candidate of ours made, without a
// lease, with equal create revisions (several keys put by one Txn), events for keys never seen or seen twice.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "elect/store.h"

namespace elect {

// A change of who leads, or of what the leader says.
struct Change {
  enum class Type {
    elected,     // `leader` leads from `revision` on.
    proclaimed,  // The same leader has put a new value (or the same value again).
    vacant,      // Nobody leads; `leader` is the one whose term ended.
  };
  Type type;
  Revision revision;  // The revision of the store that made it so.
  Candidate leader;

  bool operator==(const Change&) const = default;
};

class Queue {
 public:
  // Starts empty, before all events.
  Queue() = default;
  // Starts from the candidates, in any order, that stood at revision `at` of the store.
  Queue(std::vector<Candidate> snapshot, Revision at);

  // Applies all events of one revision, which the store made at once: intermediate states were never to be seen.
  // Answers the one change of leadership that they came to, if any. Events at or below the revision already applied
  // are passed over, so that a resumed watch may repeat some. O(log n) an event.
  std::optional<Change> apply(Revision revision, std::span<const Event> events);

  // The candidate with the smallest create revision (of several, with the smallest key), or nullptr.
  // Valid until the next apply.
  [[nodiscard]] const Candidate* leader() const;

  // The candidate of this key, or nullptr. Valid until the next apply.
  [[nodiscard]] const Candidate* find(const std::string& key) const;

  // All, first in the queue first.
  [[nodiscard]] std::vector<Candidate> in_order() const;

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  using Place = std::pair<Revision, std::string>;  // create revision, key

  void put(Candidate candidate);
  void remove(const std::string& key);

  std::map<Place, Candidate> order_;
  std::unordered_map<std::string, Revision> by_key_;  // key to create revision
  Revision applied_ = 0;
};

}  // namespace elect
