#include "render/help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "commands/table.h"
#include "elect/text.h"
#include "grammar/grammar.h"
#include "grammar/suggestion.h"
#include "output.h"

namespace cli {
namespace {

Outcome print_help(const std::string& subcommand) {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  if (!subcommand.empty() && std::ranges::find(names, subcommand) == names.end()) {
    const auto meant = suggestion(subcommand, names);
    return bad_arguments(fmt::format("unknown subcommand '{}'{}", elect::printable(subcommand),
                                     meant ? fmt::format("; did you mean {}?", *meant) : ""));
  }
  const Grammar grammar(commands());
  if (auto written = write_result(render::help(page_of(grammar, subcommand))); !written) {
    return std::unexpected(written.error());
  }
  return kDone;
}

}  // namespace

Declared declare_help(CLI::App& app) {
  auto subcommand = std::make_shared<std::string>();
  app.add_option("SUBCOMMAND", *subcommand, "the subcommand (default: electctl as a whole)");
  return {[subcommand](Context&) { return print_help(*subcommand); },
          {.description = {},
           .examples = {{"electctl help campaign", "what electctl campaign --help prints"},
                        {"electctl help", "the subcommands and the global options"}},
           .exits = {{"0", "done"}}},
          [] { return false; }};
}

}  // namespace cli
