// Selects one candidate of an election, for resign and proclaim.
#pragma once

#include <optional>
#include <string>

#include "elect/election.h"
#include "grammar/command.h"

namespace cli {

struct Selector {
  elect::LeaseId lease = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool leader = false;
  std::string session_file;      // Names the candidate of this file's session.
  elect::Revision revision = 0;  // If not 0, the candidate must have this create revision.
};

// Declares the options that fill in `selector`, and --rev. Exactly one of them must be given, besides --rev. `any`:
// adds options that can select anybody's candidate: by its value, or as the leader. The other options select a
// candidate that the user knows to be their own. `selector` must outlive `app`.
void declare_selector(CLI::App& app, Selector& selector, bool any);

struct Selected {
  elect::Snapshot snapshot;  // Only this candidate.
  std::int64_t rank = 0;     // Its position in the queue; 1: it leads.
};

// The selected candidate. Fails with exit code 10 if there is none, and with 128 and a list if there are several.
[[nodiscard]] std::expected<Selected, Failure> select(const elect::Election& election, Selector selector);

}  // namespace cli
