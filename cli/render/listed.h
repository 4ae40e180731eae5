// The parts of a listing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "elect/election.h"
#include "elect/run.h"

namespace cli::render {

// A candidate, with what is known beside its entry in the store.
struct Listed {
  elect::Candidate candidate;
  std::int64_t rank = 0;  // 1: the leader.
  std::optional<elect::LeaseStatus> lease;
};

// The runs of the ledger, shown with something else. nullopt: nobody asked for them.
using Runs = std::optional<std::span<const elect::Run>>;

struct ListedElection {
  std::string name;
  std::int64_t candidates = 0;
  Listed leader;
};

}  // namespace cli::render
