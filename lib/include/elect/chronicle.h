// The history of an election: who led and who waited, from a snapshot and all events after it. Pure. Not thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "elect/candidates.h"

namespace elect {

// The time from when a candidate became leader until its key was deleted. Its create revision is the fencing token.
struct Term {
  Candidate leader;    // With its last value.
  Revision first = 0;  // The revision that made it leader. If it led before the history begins: where that begins.
  std::optional<Revision> last;  // The revision that ended it. nullopt: it still leads.

  bool operator==(const Term&) const = default;
};

// The time that a candidate stood in the election, waiting or leading.
struct Stay {
  Candidate candidate;               // With its last value.
  Revision first = 0;                // The revision that created its key, or where the history begins.
  std::optional<Revision> led_from;  // nullopt: it never led.
  std::optional<Revision> last;      // The revision that deleted its key. nullopt: still a candidate.

  bool operator==(const Stay&) const = default;
};

class Chronicle {
 public:
  // Starts with the candidates at revision `at`.
  Chronicle(const std::vector<Candidate>& snapshot, Revision at);

  // Applies all events of one revision.
  void apply(Revision revision, std::span<const Event> events);

  // Oldest first.
  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }
  [[nodiscard]] const std::vector<Stay>& stays() const { return stays_; }

 private:
  void note(const Candidate& candidate, Revision revision);
  void end(const std::string& key, Revision revision);
  void elect(const Candidate& leader, Revision revision);

  Queue queue_;
  std::vector<Term> terms_;
  std::vector<Stay> stays_;
  Revision applied_ = 0;                                   // The last revision that apply() was given.
  std::unordered_map<std::string, std::size_t> standing_;  // From a key to the index of its stay.
};

}  // namespace elect
