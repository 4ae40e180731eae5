#include "render/listing.h"

#include <fmt/format.h>

#include "render/simple.h"

namespace cli::render {
namespace {

std::string ttl_of(const Listed& listed) {
  if (listed.candidate.lease == 0) return "no lease";
  if (!listed.lease) return "?";
  if (listed.lease->ttl.count() < 0) return "gone";
  return fmt::format("{}s/{}s", listed.lease->ttl.count(), listed.lease->granted.count());
}

}  // namespace

std::string listing_table(const std::vector<Listed>& listing, const Look& look) {
  const SimpleStyle bytes{.hex = look.hex, .escape = true};
  Columns table{{"#", "ROLE", "VALUE", "LEASE", "TTL", "CREATE", "MOD", "VER", "KEY"}, {}, 2, 0};
  for (const auto& listed : listing) {
    const auto& candidate = listed.candidate;
    table.rows.push_back({fmt::to_string(listed.rank), listed.rank == 1 ? "leader" : "candidate",
                          shown(candidate.value, bytes), elect::hex_of(candidate.lease), ttl_of(listed),
                          fmt::to_string(candidate.create_revision), fmt::to_string(candidate.mod_revision),
                          fmt::to_string(candidate.version), shown(candidate.key, bytes)});
  }
  return columns(table, look);
}

std::string elections_table(const std::vector<ListedElection>& elections, const Look& look) {
  const SimpleStyle bytes{.hex = look.hex, .escape = true};
  Columns table{{"ELECTION", "LEADER", "TOKEN", "TTL", "CANDIDATES", "KEY"}, {}, 0, {}};
  for (const auto& [name, candidates, leader] : elections) {
    table.rows.push_back({shown(name, bytes), shown(leader.candidate.value, bytes),
                          fmt::to_string(leader.candidate.create_revision), ttl_of(leader), fmt::to_string(candidates),
                          shown(leader.candidate.key, bytes)});
  }
  return columns(table, look);
}

}  // namespace cli::render
