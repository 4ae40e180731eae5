// How subcommands print their answers: the style of standard output, and candidates that they found, elected or ended.
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

// Like etcdctl's output, but with unsafe bytes escaped on a terminal.
[[nodiscard]] render::SimpleStyle simple_style(const Context& context);

// The size, colours and characters for output to people on standard output.
[[nodiscard]] render::OutputStyle output_style_of(const Context& context);

// The default format where both people and scripts read the output: a table on a terminal, simple elsewhere.
[[nodiscard]] Format default_format();

// If `outcome` is a failure, prints the metric electctl_up 0: metrics also report that etcd could not be asked. The
// failure is still returned. `label`: election or prefix.
[[nodiscard]] Outcome print_down_on_failure(Outcome outcome, std::string_view label, const std::string& name);

// Formats a range response in one of etcdctl's own formats.
[[nodiscard]] std::string as_etcdctl(const Context& context, Format format, const elect::Snapshot& snapshot);

// What JSON shows of a candidate besides its key-value pair.
struct Found {
  std::int64_t rank = 1;
  std::optional<elect::LeaseStatus> lease;
};

// The status of its lease, if `format` shows it. Costs one call. nullopt if the call fails: the output is useful
// without it.
[[nodiscard]] std::optional<elect::LeaseStatus> lease_shown(elect::Client& client, Format format,
                                                            const elect::Candidate& candidate);

// Formats one candidate as simple, fields, or electctl's own JSON object.
[[nodiscard]] std::string as_candidate(const Context& context, Format format, const elect::Snapshot& snapshot,
                                       const Found& found);

// A snapshot with this candidate only.
[[nodiscard]] elect::Snapshot snapshot_of(const elect::Header& header, const elect::Candidate& candidate,
                                          std::int64_t count = 1);

// A snapshot of what was observed, with the count that etcdctl elect -l prints: only proclaims have one.
[[nodiscard]] elect::Snapshot snapshot_of(const elect::Observation& observation);

}  // namespace cli
