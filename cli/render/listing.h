// The listing of an election, and of many, as people read it.
#pragma once

#include <string>
#include <vector>

#include "render/columns.h"
#include "render/listed.h"

namespace cli::render {

[[nodiscard]] std::string listing_table(const std::vector<Listed>& listing, const Look& look);

// One row an election.
[[nodiscard]] std::string elections_table(const std::vector<ListedElection>& elections, const Look& look);

}  // namespace cli::render
