#include "commands/help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "commands/table.h"
#include "elect/text.h"
#include "grammar/grammar.h"
#include "grammar/suggestion.h"
#include "output.h"
#include "render/help.h"

namespace cli {
namespace {

Outcome run_help(const std::string& subcommand) {
  const Grammar grammar(commands());
  const auto names = grammar.visible_commands();
  if (!subcommand.empty() && std::ranges::find(names, subcommand) == names.end()) {
    return bad_arguments(
        fmt::format("unknown subcommand '{}'{}", elect::printable(subcommand), did_you_mean(subcommand, names)));
  }
  return print_help(grammar, subcommand);
}

}  // namespace

Outcome print_help(const Grammar& grammar, std::string_view subcommand) {
  if (auto written = write_result(render::help(page_of(grammar, subcommand))); !written) {
    return std::unexpected(written.error());
  }
  return kDone;
}

Declared declare_help(CLI::App& app) {
  auto subcommand = std::make_shared<std::string>();
  app.add_option("SUBCOMMAND", *subcommand, "the subcommand (default: electctl as a whole)");
  return {[subcommand](Context&) { return run_help(*subcommand); },
          {.description = {},
           .examples = {{"electctl help campaign", "what electctl campaign --help prints"},
                        {"electctl help", "the subcommands and the global options"}},
           .exits = {{"0", "done"}}},
          [] { return false; }};
}

}  // namespace cli
