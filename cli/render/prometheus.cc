#include "render/prometheus.h"

#include <utility>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli::render {
namespace {

// Labels are UTF-8. Other bytes, and characters that control a terminal, are escaped.
std::string labelled(std::string_view name, std::string_view bytes) {
  std::string text = fmt::format("{}=\"", name);
  for (const char byte : elect::printable(bytes)) {
    if (byte == '\\' || byte == '"') text += '\\';
    text += byte;
  }
  return text + "\"";
}

class Metric {
 public:
  Metric(std::string_view name, std::string_view help)
      : name_(name), text_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help)) {}

  void add(const std::string& labels, std::int64_t value) {
    text_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
    used_ = true;
  }

  // Without a sample the description is left out, too.
  [[nodiscard]] std::string text() const { return used_ ? text_ : std::string(); }

 private:
  std::string_view name_;
  std::string text_;
  bool used_ = false;
};

Metric up_metric() { return {"electctl_up", "Whether etcd could be asked about the election."}; }

std::string exposition(Metric up, const std::vector<ElectionMetrics>& elections) {
  Metric candidates("electctl_candidates", "How many candidates stand, the leader included.");
  Metric info("electctl_leader_info", "The leader: its key, value and lease.");
  Metric revision("electctl_leader_create_revision", "The leader's create revision, which is the fencing token.");
  Metric ttl("electctl_lease_ttl_seconds", "Time left of a candidate's lease; -1: the lease is gone.");
  for (const auto& [name, count, leases] : elections) {
    const std::string election = labelled("election", name);
    up.add(election, 1);
    candidates.add(election, count);
    if (!leases.empty()) {
      const auto& leader = leases.front().candidate;
      info.add(fmt::format("{},{},{},{}", election, labelled("key", leader.key), labelled("value", leader.value),
                           labelled("lease", elect::hex_of(leader.lease))),
               1);
      revision.add(election, leader.create_revision);
    }
    for (const auto& listed : leases) {
      if (!listed.lease) continue;
      ttl.add(fmt::format("{},{},{}", election, labelled("key", listed.candidate.key),
                          labelled("role", listed.rank == 1 ? "leader" : "candidate")),
              listed.lease->ttl.count());
    }
  }
  return up.text() + candidates.text() + info.text() + revision.text() + ttl.text();
}

}  // namespace

std::string prometheus(const std::vector<ElectionMetrics>& elections) { return exposition(up_metric(), elections); }

std::string prometheus_below(const std::string& prefix, const std::vector<ElectionMetrics>& elections) {
  Metric up = up_metric();
  up.add(labelled("prefix", prefix), 1);
  return exposition(std::move(up), elections);
}

std::string prometheus_runs(const std::string& name, const elect::RunListing& listing) {
  Metric up = up_metric();
  const std::string election = labelled("election", name);
  up.add(election, 1);
  Metric info("electctl_last_run_info", "The last run of campaign --once: its ID, and who claimed it.");
  Metric state("electctl_last_run_state", "Whether the last run is in that state.");
  Metric token("electctl_last_run_token", "The fencing token that the last run was claimed with.");
  Metric begin("electctl_last_run_begin_timestamp_seconds", "When the last run began, by its host's clock.");
  Metric end("electctl_last_run_end_timestamp_seconds", "When the last run ended, by its host's clock.");
  Metric code("electctl_last_run_exit_code", "What the CMD of the last run ended with.");
  if (!listing.runs.empty()) {
    const elect::Run& run = listing.runs.back();
    info.add(fmt::format("{},{},{},{}", election, labelled("id", run.id), labelled("value", run.value),
                         labelled("key", run.key)),
             1);
    using enum elect::RunState;
    for (const auto each : {running, done, failed, ended, abandoned}) {
      state.add(fmt::format("{},{}", election, labelled("state", name_of(each))), each == run.state ? 1 : 0);
    }
    const auto seconds = [](elect::WallTime time) {
      return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    };
    if (run.token > 0) token.add(election, run.token);
    if (run.began) begin.add(election, seconds(*run.began));
    if (run.end) end.add(election, seconds(run.end->at));
    if (run.end && run.end->exit_code) code.add(election, *run.end->exit_code);
  }
  return up.text() + info.text() + state.text() + token.text() + begin.text() + end.text() + code.text();
}

std::string prometheus_down(std::string_view label, const std::string& name) {
  Metric up = up_metric();
  up.add(labelled(label, name), 0);
  return up.text();
}

}  // namespace cli::render
