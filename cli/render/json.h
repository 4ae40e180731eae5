// electctl's own -w json. Numbers are numbers. Lease IDs are hex strings. Names and values are UTF-8 strings; if they
// are not UTF-8, the field is named "…_base64".
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "elect/history.h"
#include "elect/ledger.h"
#include "elect/verify.h"
#include "render/listed.h"

namespace cli::render {

[[nodiscard]] std::string json_candidate(const Listed& listed);
[[nodiscard]] std::string json_inspect(const std::string& election, const elect::Header& header,
                                       const std::vector<Listed>& listing);
[[nodiscard]] std::string json_elections(const std::string& prefix, const elect::Header& header,
                                         const std::vector<ListedElection>& elections);
[[nodiscard]] std::string json_history(const std::string& election, const elect::History& history,
                                       const Runs& runs = {});
[[nodiscard]] std::string json_runs(const std::string& election, const elect::RunListing& listing);
[[nodiscard]] std::string json_verification(const std::string& election, const elect::Verification& verification);
// `role`: leader or follower. Empty: not requested.
[[nodiscard]] std::string json_observation(const elect::Observation& observation, std::string_view role,
                                           std::chrono::system_clock::time_point received);

// The name of an event.
[[nodiscard]] std::string_view name_of(elect::Observation::Type type);

}  // namespace cli::render
