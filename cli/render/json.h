// electctl's own -w json; contract section 7: numbers are numbers, lease IDs hex strings, names and values UTF-8
// strings, or "…_base64" where they are not UTF-8.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "elect/election.h"

namespace cli::render {

// A candidate with what was found out about it beside the store's own entry.
struct Listed {
  elect::Candidate candidate;
  std::int64_t rank = 0;  // 1: the leader.
  std::optional<elect::LeaseStatus> lease;
};

[[nodiscard]] std::string json_candidate(const Listed& listed);
[[nodiscard]] std::string json_inspect(const std::string& election, const elect::Header& header,
                                       const std::vector<Listed>& listing);
[[nodiscard]] std::string json_observation(const std::string& election, const elect::Observation& observation,
                                           std::chrono::system_clock::time_point received);

}  // namespace cli::render
