#include <CLI/CLI.hpp>
#include <memory>

#include "commands/proposal.h"
#include "commands/selector.h"
#include "grammar/command.h"

namespace cli {
namespace {

struct ProclaimOptions {
  std::string name;
  std::string value;
  Selector selector;
};

Outcome run_proclaim(Context& context, const ProclaimOptions& options) {
  const auto value = proposal_of(options.value);
  if (!value) return std::unexpected(value.error());
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto selected = select(*election, options.selector);
  if (!selected) return std::unexpected(selected.error());
  const auto put = election->proclaim(selected->snapshot.candidates.front(), *value);
  if (!put) return std::unexpected(Failure(put.error()));
  if (!*put)
    return std::unexpected(Failure(kNoLeader, "the candidate ended just now, before its value could be changed"));
  return kDone;
}

}  // namespace

Declared declare_proclaim(CLI::App& app) {
  auto options = std::make_shared<ProclaimOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_option("VALUE", options->value, "the new value; -: read it from standard input")->required();
  declare_selector(app, options->selector, false);
  return {
      [options](Context& context) { return run_proclaim(context, *options); },
      {.description = "Gives a leader or waiting candidate a new value in its place, only if it is still the "
                      "candidate that was found.",
       .examples = {{"electctl proclaim backup ready --lease 694d5b3c1f2a", "by its lease"},
                    {"electctl proclaim backup ready --session /var/lib/electctl-backup", "that of a session file"}},
       .exits = {{"0", "done"}, {"10", "there is no such candidate"}}}};
}

}  // namespace cli
