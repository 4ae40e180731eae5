// Elections as metrics: Prometheus's text exposition format, for node_exporter's textfile collector.
#pragma once

#include <string>
#include <vector>

#include "render/listed.h"

namespace cli::render {

// What is exposed of one election.
struct Exposed {
  std::string election;
  std::int64_t candidates = 0;
  std::vector<Listed> leases;  // Those whose TTL is told; the first is the leader, if there is one.
};

[[nodiscard]] std::string prometheus(const std::vector<Exposed>& elections);

// What there is to expose of `election` where etcd could not be asked.
[[nodiscard]] std::string prometheus_down(const std::string& election);

}  // namespace cli::render
