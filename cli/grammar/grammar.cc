#include "grammar/grammar.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "grammar/suggestion.h"
#include "grammar/words.h"

namespace cli {

namespace {

// As for etcdctl, the last of several counts: an alias may have given one already. Not of those of which exactly one is
// wanted: they are in groups.
void let_last_count(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (option->get_items_expected_max() == 1) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
}

}  // namespace

Grammar::Grammar(std::span<const Command> all_commands) : Grammar(all_commands, std::span<char* const>()) {}

Grammar::Grammar(std::span<const Command> all_commands, std::span<char* const> arguments)
    : commands(all_commands), app("", "electctl") {
  app.fallthrough();
  app.set_help_flag("-h,--help", "print this help");
  app.require_subcommand(0, 1);
  declare_global_options(app, context.options);
  const auto is_named = [arguments](const Command& command) {
    return std::ranges::find(arguments, command.name, [](const char* word) { return std::string_view(word); }) !=
           arguments.end();
  };
  const bool all = std::ranges::none_of(commands, is_named);
  for (const Command& command : commands) {
    if (!all && !is_named(command)) continue;
    CLI::App* subcommand = app.add_subcommand(std::string(command.name));
    subcommands.push_back({&command, subcommand, command.declare(*subcommand)});
    let_last_count(*subcommand);
  }
  let_last_count(app);
}

const Declared& Grammar::parse(std::span<char* const> arguments) {
  Words words(*this);
  words.take(arguments);
  const std::vector<std::string> own_arguments = words.arguments();
  std::vector<std::string> reversed = std::move(words).sorted();
  std::ranges::reverse(reversed);  // As CLI11 wants them.
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    auto unknown = app.remaining(true);
    std::erase(unknown, "--");
    const auto option = std::ranges::find_if(unknown, [&own_arguments](const auto& word) {
      return word.starts_with('-') && std::ranges::find(own_arguments, word) == own_arguments.end();
    });
    const bool is_option = option != unknown.end();
    throw CLI::ExtrasError(about_unknown(is_option ? *option : unknown.front(), is_option),
                           CLI::ExitCodes::ExtrasError);
  }
  for (const Subcommand& subcommand : subcommands) {
    if (!subcommand.app->parsed()) continue;
    context.command = subcommand.command;
    return subcommand.declared;
  }
  throw CLI::RequiredError("a subcommand");
}

const CLI::Option* Grammar::option_of(const CLI::App* subcommand, const std::string& name) const {
  if (const CLI::Option* option = app.get_option_no_throw(name)) return option;
  if (subcommand == nullptr) return nullptr;
  for (const CLI::Option* option : named_options(*subcommand)) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

std::string Grammar::about_unknown(const std::string& word, bool is_option) const {
  const auto chosen = app.get_subcommands();
  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::App* from : {&app, chosen.empty() ? &app : static_cast<const CLI::App*>(chosen.front())}) {
      for (const CLI::Option* option : named_options(*from))
        std::ranges::move(names_of(*option), std::back_inserter(known));
    }
  } else if (chosen.empty()) {
    for (const Command& command : commands) {
      if (!command.hidden) known.emplace_back(command.name);
    }
  }
  const std::string name(word, 0, is_option ? word.find('=') : std::string::npos);
  std::string text = fmt::format("{} '{}'",
                                 is_option        ? "there is no option"
                                 : chosen.empty() ? "there is no subcommand"
                                                  : "one argument too many:",
                                 name);
  if (const auto meant = suggestion(name, known)) text += fmt::format("; did you mean {}?", *meant);
  return text;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  std::vector<const CLI::Option*> options =
      app.get_options([](const CLI::Option* option) { return option->nonpositional(); });
  for (const CLI::App* group : app.get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); })) {
    const auto more = named_options(*group);
    options.insert(options.end(), more.begin(), more.end());
  }
  return options;
}

}  // namespace cli
