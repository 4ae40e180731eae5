// Terms and stays of an election's candidates, from a snapshot and all the events after it. Pure. Not synchronised: one
// thread at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "elect/candidates.h"

namespace elect {

// From a candidate's becoming leader until its key was gone. Its create revision is the term's fencing token.
struct Term {
  Candidate leader;    // With the last value that it put.
  Revision first = 0;  // The revision that made it leader; for one that led already, where the history begins.
  std::optional<Revision> last;  // The revision that ended it. Nothing: it leads still.

  bool operator==(const Term&) const = default;
};

// The whole time that a candidate stood, waiting and leading.
struct Stay {
  Candidate candidate;               // With the last value that it put.
  Revision first = 0;                // The revision that it stood up in, or where the history begins.
  std::optional<Revision> led_from;  // Nothing: it never led.
  std::optional<Revision> last;      // The revision that ended it. Nothing: it stands still.

  bool operator==(const Stay&) const = default;
};

class Chronicle {
 public:
  // Begins with what stood at revision `at`.
  Chronicle(const std::vector<Candidate>& snapshot, Revision at);

  // Applies all events of one revision.
  void apply(Revision revision, std::span<const Event> events);

  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }            // In order of time.
  [[nodiscard]] const std::vector<Stay>& stays() const { return stays_; }            // In the order of standing up.
  [[nodiscard]] const std::vector<Revision>& revisions() const { return moments_; }  // Each that changed anything here.

 private:
  void note(const Candidate& candidate, Revision revision);
  void end(const std::string& key, Revision revision);
  void elect(const Candidate& leader, Revision revision);

  Queue queue_;
  std::vector<Term> terms_;
  std::vector<Stay> stays_;
  std::vector<Revision> moments_;
  std::unordered_map<std::string, std::size_t> standing_;  // Key to its stay.
};

}  // namespace elect
