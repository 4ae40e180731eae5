// The listing of one election, and of many, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/columns.h"
#include "render/listed.h"

namespace cli::render {

struct ListingStyle {
  std::string_view host;   // Marks candidates with this value as here: it is the default value on this host.
  bool times_left = true;  // Show the leases' remaining times. False: show only that a candidate has no lease.
};

// On a narrow terminal KEY, VER, MOD and LEASE are left out, in this order. VALUE is cut to 60 before that, and to less
// after it.
[[nodiscard]] std::string listing_table(const std::vector<Listed>& listing, const OutputStyle& output,
                                        const ListingStyle& style = {});

// One row for each election.
[[nodiscard]] std::string elections_table(const std::vector<ListedElection>& elections, const OutputStyle& output);

}  // namespace cli::render
