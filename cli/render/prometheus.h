// Elections as metrics, in Prometheus's text exposition format, for node_exporter's textfile collector.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elect/ledger.h"
#include "render/listed.h"

namespace cli::render {

// The metrics of one election.
struct ElectionMetrics {
  std::string election;
  std::int64_t candidates = 0;
  std::vector<Listed> leases;  // The candidates whose TTL is shown. The first is the leader, if there is one.
};

[[nodiscard]] std::string prometheus(const std::vector<ElectionMetrics>& elections);

// The same for all elections below a prefix. electctl_up is also given for the prefix itself.
[[nodiscard]] std::string prometheus_below(const std::string& prefix, const std::vector<ElectionMetrics>& elections);

// The last run in an election's ledger, by its claim.
[[nodiscard]] std::string prometheus_runs(const std::string& election, const elect::RunListing& listing);

// The metrics if etcd did not answer about `name`. `label`: election or prefix.
[[nodiscard]] std::string prometheus_down(std::string_view label, const std::string& name);

}  // namespace cli::render
