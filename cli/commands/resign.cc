#include <CLI/CLI.hpp>
#include <memory>

#include "commands/answer.h"
#include "commands/selector.h"
#include "grammar/command.h"
#include "output.h"

namespace cli {
namespace {

struct ResignOptions {
  std::string name;
  Selector selector;
  bool revoke = false;
};

Outcome run_resign(Context& context, const ResignOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto selected = select(*election, options.selector);
  if (!selected) return std::unexpected(selected.error());
  const auto& candidate = selected->snapshot.candidates.front();
  const auto lease = lease_shown(election->client(), *format, candidate);
  const auto resigned = election->resign(candidate, options.revoke);
  if (!resigned) return std::unexpected(Failure(resigned.error()));
  if (!*resigned) return std::unexpected(Failure(kNoLeader, "the candidate ended by itself just now"));
  if (auto written =
          write_result(as_candidate(context, *format, selected->snapshot, {.rank = selected->rank, .lease = lease}));
      !written) {
    return std::unexpected(written.error());
  }
  return kDone;
}

}  // namespace

Declared declare_resign(CLI::App& app) {
  auto options = std::make_shared<ResignOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  declare_selector(app, options->selector, true);
  app.add_flag("--revoke", options->revoke,
               "revoke its lease, which ends whatever else stands on it (default: delete its key only)");
  return {
      [options](Context& context) { return run_resign(context, *options); },
      {.description = "Ends one candidacy by deleting its key, only if it is still the candidate that was found: a "
                      "later one is never hit. A holder that is electctl stops its CMD and exits with 12. Prints what "
                      "was ended.",
       .examples = {{"electctl resign backup --leader", "make the leader step down"},
                    {"electctl resign backup --value \"$(hostname)\" --revoke",
                     "end this host's candidacy with its whole lease"}},
       .exits = {{"0", "done"},
                 {"10", "there is no such candidate"},
                 {"128", "bad arguments; more than one candidate matches"}}}};
}

}  // namespace cli
