#include "grammar.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli {
namespace {

constexpr std::string_view kAbout =
    "Leader election on etcd for the shell.\n"
    "Durations are Go's (1m30s, 500ms); a bare number is seconds.";

constexpr std::string_view kExitCodes =
    "Exit codes: 0 done or yes, 1 error, 2 no endpoint reached, 4 no such output format, 10 no leader or candidate,\n"
    "11 not elected or not the leader, 12 leadership lost, 128 bad arguments, 128+N ended by signal N.";

}  // namespace

Grammar::Grammar() : app(std::string(kAbout), "electctl") {
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.footer(std::string(kExitCodes));
  declare_global_options(app, context.options);
  for (const Command& command : commands()) {
    CLI::App* subcommand = app.add_subcommand(std::string(command.name), std::string(command.summary));
    runs.emplace_back(subcommand, command.declare(*subcommand));
  }
}

std::size_t Grammar::end_of_own(std::span<char* const> arguments) const {
  const auto dashes = std::ranges::find(arguments, std::string_view("--"),
                                        [](const char* argument) { return std::string_view(argument); });
  const auto at = static_cast<std::size_t>(dashes - arguments.begin());
  // The subcommand is the first argument that is neither an option nor an option's value.
  for (std::size_t i = 0; i < at; ++i) {
    const std::string_view word = arguments[i];
    if (word.starts_with('-') && word.size() > 1) {
      const CLI::Option* option = app.get_option_no_throw(std::string(word));
      if (option != nullptr && option->get_items_expected_min() > 0) ++i;
      continue;
    }
    const auto command = std::ranges::find(commands(), word, &Command::name);
    return command != commands().end() && command->takes_cmd ? at : arguments.size();
  }
  return arguments.size();
}

Run Grammar::parse(std::span<char* const> arguments) {
  const std::size_t own = end_of_own(arguments);
  std::vector<std::string> reversed(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(own));
  std::ranges::reverse(reversed);  // As CLI11 wants them.
  if (own < arguments.size()) {
    context.argv.assign(arguments.begin() + static_cast<std::ptrdiff_t>(own) + 1, arguments.end());
    if (context.argv.empty() || context.argv.front().empty()) {
      throw CLI::ValidationError("--", "needs a CMD behind it");
    }
  }
  app.parse(std::move(reversed));
  for (const auto& [subcommand, run] : runs) {
    if (subcommand->parsed()) return run;
  }
  throw CLI::RequiredError("a subcommand");
}

}  // namespace cli
