// Reads all elections below a prefix of their names. elections.h says what counts as an election.
#pragma once

#include <functional>
#include <string>

#include "elect/election.h"
#include "elect/elections.h"

namespace elect {

struct Survey {
  Header header;  // The elections were read at its revision.
  Elections elections;
};

// One call.
[[nodiscard]] Result<Survey> survey(Client& client, const std::string& prefix, const Query& query = {},
                                    const Until& until = {});

// Like Election::observe() for all elections below a prefix, with one watch. At the start elections without a leader
// are not reported.
[[nodiscard]] Result<void> observe_all(Client& client, const std::string& prefix, Revision from,
                                       const std::function<bool(const Observation&)>& report, const Until& until);

}  // namespace elect
