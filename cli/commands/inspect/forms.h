// The forms of inspect. Each has a file in this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "elect/election.h"
#include "grammar/command.h"
#include "render/listed.h"

namespace cli::inspect {

struct Options {
  std::string name;
  std::optional<std::string> all;  // A prefix, instead of a name.
  elect::Revision revision = 0;
  bool history = false;
  elect::Revision from = 0;
  bool watch = false;
  bool verify = false;
  bool runs = false;
  std::optional<std::string> run_id;  // Show only this run.
  bool etcdctl = false;
};

[[nodiscard]] Outcome list(Context& context, const Options& options);        // The candidates of one election.
[[nodiscard]] Outcome all(Context& context, const Options& options);         // --all
[[nodiscard]] Outcome history(Context& context, const Options& options);     // --history
[[nodiscard]] Outcome watch(Context& context, const Options& options);       // --watch
[[nodiscard]] Outcome verify(Context& context, const Options& options);      // --verify
[[nodiscard]] Outcome runs(Context& context, const Options& options);        // --runs
[[nodiscard]] Outcome watch_runs(Context& context, const Options& options);  // --runs --watch
[[nodiscard]] Outcome etcdctl(Context& context, const Options& options);     // --etcdctl

// Candidates in order, with the status of their leases. One call for each lease, several at the same time.
[[nodiscard]] elect::Result<std::vector<render::Listed>> with_leases(elect::Client& client,
                                                                     const std::vector<elect::Candidate>& candidates,
                                                                     const std::stop_token& stop = {});

}  // namespace cli::inspect
