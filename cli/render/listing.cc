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

std::string role_of(const Listed& listed, const ListingStyle& style) {
  std::string role = listed.rank == 1 ? "leader" : listed.rank == 2 ? "next" : "candidate";
  if (!style.times_left && listed.candidate.lease == 0) role += ", no lease";
  if (!style.host.empty() && listed.candidate.value == style.host) role += ", here";
  return role;
}

}  // namespace

std::string listing_table(const std::vector<Listed>& listing, const OutputStyle& output, const ListingStyle& style) {
  enum : std::size_t { kNumber, kRole, kValue, kLease, kTtl, kToken, kMod, kVersion, kKey };
  const SimpleStyle bytes{.hex = output.hex, .escape = true};
  Columns table{.heads = {"#", "ROLE", "VALUE", "LEASE", "TTL", "TOKEN", "MOD", "VER", "KEY"},
                .rows = {},
                .hidden = style.times_left ? std::vector<std::size_t>{} : std::vector<std::size_t>{kTtl},
                .left_out = {kKey, kVersion, kMod, kLease},
                .shortened = {kValue},
                .marked = 0};
  for (const auto& listed : listing) {
    const auto& candidate = listed.candidate;
    table.rows.push_back({fmt::to_string(listed.rank), role_of(listed, style), shown(candidate.value, bytes),
                          elect::hex_of(candidate.lease), ttl_of(listed), fmt::to_string(candidate.create_revision),
                          fmt::to_string(candidate.mod_revision), fmt::to_string(candidate.version),
                          shown(candidate.key, bytes)});
  }
  return columns(table, output);
}

std::string elections_table(const std::vector<ListedElection>& elections, const OutputStyle& output) {
  const SimpleStyle bytes{.hex = output.hex, .escape = true};
  Columns table{{"ELECTION", "LEADER", "TOKEN", "TTL", "CANDIDATES", "KEY"}, {}, {}, {5}, {0, 1}, {}};
  for (const auto& [name, candidates, leader] : elections) {
    table.rows.push_back({shown(name, bytes), shown(leader.candidate.value, bytes),
                          fmt::to_string(leader.candidate.create_revision), ttl_of(leader), fmt::to_string(candidates),
                          shown(leader.candidate.key, bytes)});
  }
  return columns(table, output);
}

}  // namespace cli::render
