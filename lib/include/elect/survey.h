// All elections below a prefix of their names, asked of the store. What an election is there: see elections.h.
#pragma once

#include <functional>
#include <string>

#include "elect/election.h"
#include "elect/elections.h"

namespace elect {

// One call.
struct Survey {
  Header header;
  Elections elections;
};
[[nodiscard]] Result<Survey> survey(Client& client, const std::string& prefix, const Query& query = {},
                                    const Until& until = {});

// As Election::observe(), for all elections below a prefix, on one watch. At the start nothing is told of elections
// that nobody leads.
[[nodiscard]] Result<void> observe_all(Client& client, const std::string& prefix, Revision from,
                                       const std::function<bool(const Observation&)>& tell, const Until& until);

}  // namespace elect
