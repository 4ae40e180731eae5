// The parts of a listing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "elect/election.h"
#include "elect/run.h"

namespace cli::render {

// A candidate, with its rank and the status of its lease.
struct Listed {
  elect::Candidate candidate;
  std::int64_t rank = 0;  // 1: the leader.
  std::optional<elect::LeaseStatus> lease;
};

// The runs of the ledger, to be shown together with the terms. nullopt: they were not requested.
using Runs = std::optional<std::span<const elect::Run>>;

struct ListedElection {
  std::string name;
  std::int64_t candidates = 0;
  Listed leader;
};

}  // namespace cli::render
