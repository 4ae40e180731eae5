// Picking one candidacy out of an election, as resign and proclaim do.
#pragma once

#include <optional>
#include <string>

#include "command.h"
#include "elect/election.h"

namespace cli {

struct Selector {
  elect::LeaseId lease = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool leader = false;
  std::string session_file;      // That of a session that outlives its process.
  elect::Revision revision = 0;  // Not 0: its create revision has to be this one.
};

struct Selected {
  elect::Snapshot snapshot;  // It alone.
  std::int64_t rank = 0;     // Its place in the queue; 1: it leads.
};

// The one candidate that is meant; exit 10 where there is none, 128 (and a list) where there are several.
[[nodiscard]] std::expected<Selected, Failure> select(const elect::Election& election, Selector selector);

}  // namespace cli
