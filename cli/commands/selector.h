// Picking one candidacy out of an election, as resign and proclaim do.
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
  std::string session_file;      // That of a session that outlives its process.
  elect::Revision revision = 0;  // Not 0: its create revision has to be this one.
};

// Declares the options that fill it in, of which exactly one is wanted, and --rev. `any`: any candidate can be meant,
// by its value, or as whoever leads; otherwise such as one knows to be one's own. `selector` must outlive `app`.
void declare_selector(CLI::App& app, Selector& selector, bool any);

struct Selected {
  elect::Snapshot snapshot;  // It alone.
  std::int64_t rank = 0;     // Its place in the queue; 1: it leads.
};

// The one candidate that is meant; exit 10 where there is none, 128 (and a list) where there are several.
[[nodiscard]] std::expected<Selected, Failure> select(const elect::Election& election, Selector selector);

}  // namespace cli
