// How a candidate that was found, elected or ended is printed by the subcommands that print one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "elect/election.h"
#include "grammar/command.h"
#include "render/columns.h"
#include "render/simple.h"

namespace cli {

// etcdctl's raw style, but safe on a terminal.
[[nodiscard]] render::SimpleStyle simple_style(const Context& context);

// How to draw for people on standard output.
[[nodiscard]] render::Look look_of(const Context& context);

// The format of what people and scripts both read: a table on a terminal, simple elsewhere.
[[nodiscard]] Format unasked_format();

// Metrics have to say also that etcd could not be asked: electctl_up 0, and the failure all the same.
// `label`: election, or prefix.
[[nodiscard]] Outcome or_down(Outcome outcome, std::string_view label, const std::string& name);

// A range answer in one of etcdctl's own formats.
[[nodiscard]] std::string as_etcdctl(const Context& context, Format format, const elect::Snapshot& snapshot);

// What JSON says of a candidate beside the store's own entry.
struct Found {
  std::int64_t rank = 1;
  std::optional<elect::LeaseStatus> lease;
};

// Its lease, where `format` shows that: one call. Nothing where that cannot be had: it is no more than an ornament.
[[nodiscard]] std::optional<elect::LeaseStatus> lease_shown(elect::Client& client, Format format,
                                                            const elect::Candidate& candidate);

// One candidate in simple, fields, or as electctl's own JSON object.
[[nodiscard]] std::string as_candidate(const Context& context, Format format, const elect::Snapshot& snapshot,
                                       const Found& found);

// An answer that holds just that candidate.
[[nodiscard]] elect::Snapshot snapshot_of(const elect::Header& header, const elect::Candidate& candidate,
                                          std::int64_t count = 1);

// The same of what was observed, with the count that etcdctl elect -l prints: only proclaims have one.
[[nodiscard]] elect::Snapshot snapshot_of(const elect::Observation& observation);

}  // namespace cli
