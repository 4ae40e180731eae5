// Elections as metrics: Prometheus's text exposition format, for node_exporter's textfile collector.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elect/ledger.h"
#include "render/listed.h"

namespace cli::render {

// What is exposed of one election.
struct Exposed {
  std::string election;
  std::int64_t candidates = 0;
  std::vector<Listed> leases;  // Those whose TTL is told; the first is the leader, if there is one.
};

[[nodiscard]] std::string prometheus(const std::vector<Exposed>& elections);

// The same of all elections below a prefix: that etcd could be asked is said of the prefix, too.
[[nodiscard]] std::string prometheus_below(const std::string& prefix, const std::vector<Exposed>& elections);

// The last run of an election's ledger, by its claim.
[[nodiscard]] std::string prometheus_runs(const std::string& election, const elect::RunListing& listing);

// What there is to expose where etcd could not be asked about `name`; `label`: election, or prefix.
[[nodiscard]] std::string prometheus_down(std::string_view label, const std::string& name);

}  // namespace cli::render
