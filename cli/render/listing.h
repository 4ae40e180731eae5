// The listing of an election, and of many, as people read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/columns.h"
#include "render/listed.h"

namespace cli::render {

struct ListingStyle {
  std::string_view host;   // Candidates with this value are said to be here: what a candidate of this host stands with.
  bool times_left = true;  // Of the leases. Without: no more than that a candidate has none.
};

// On a terminal that is too narrow the columns from KEY to LEASE are left out first; VALUE is cut last.
[[nodiscard]] std::string listing_table(const std::vector<Listed>& listing, const Look& look,
                                        const ListingStyle& style = {});

// One row an election.
[[nodiscard]] std::string elections_table(const std::vector<ListedElection>& elections, const Look& look);

}  // namespace cli::render
