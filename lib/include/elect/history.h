// Who led an election before, as far back as the store reaches.
//
// The store keeps its past until it is compacted. What is told here is what its revisions say, not what anybody
// remembers: a compaction takes it away.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"

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

// Terms and stays, from a snapshot and all the events after it. Pure. Not synchronised: one thread at a time.
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

struct History {
  Header header;                 // Up to its revision.
  Revision oldest_revision = 1;  // How far back the store reaches.
  Chronicle chronicle;
};

// from: begins there; 0: as far back as the store reaches. Errc::compacted where that is gone, which names the oldest
// revision to be had; Errc::future_revision where it is yet to come.
// The server does not say when a watch has told all of the past. The end is known by the last revision's own event, by
// a batch smaller than the server makes them where there is more, or else by a second of silence.
[[nodiscard]] Result<History> read_history(Client& client, const std::string& name, Revision from = 0,
                                           std::stop_token stop = {});

}  // namespace elect
