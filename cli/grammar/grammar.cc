#include "grammar/grammar.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"
#include "grammar/suggestion.h"
#include "grammar/words.h"

namespace cli {

namespace {

// The name of an option or argument in an error message.
std::string shown(const CLI::Option& option) {
  const auto names = names_of(option);
  return names.empty() ? option.get_name(true) : names.back();
}

// Like etcdctl: if an option is given several times, the last value counts. An alias may have given one already. Not
// for options in groups that allow exactly one of them.
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
  app.set_version_flag("--version", std::string(), "print the version");
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
  std::ranges::reverse(reversed);  // CLI11 expects this order.
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    auto unknown = app.remaining(true);
    std::erase(unknown, "--");
    const auto option = std::ranges::find_if(unknown, [&own_arguments](const auto& word) {
      return word.starts_with('-') && std::ranges::find(own_arguments, word) == own_arguments.end();
    });
    const bool is_option = option != unknown.end();
    refuse(about_unknown(is_option ? *option : unknown.front(), is_option));
  } catch (const CLI::ExcludesError&) {
    if (auto why = about_two_that_exclude(); !why.empty()) refuse(std::move(why));
    throw;
  } catch (const CLI::RequiresError&) {
    if (auto why = about_one_that_is_needed(); !why.empty()) refuse(std::move(why));
    throw;
  } catch (const CLI::ConversionError&) {
    if (auto why = about_flag(); !why.empty()) refuse(std::move(why));
    throw;
  } catch (const CLI::RequiredError&) {
    if (auto why = about_missing(); !why.empty()) refuse(std::move(why));
    throw;
  }
  if (auto why = about_flag(); !why.empty()) refuse(std::move(why));  // The parser takes --retry=3 for true.
  for (const Subcommand& subcommand : subcommands) {
    if (!subcommand.app->parsed()) continue;
    context.command = subcommand.command;
    return subcommand.declared;
  }
  refuse("no subcommand is given");
}

std::vector<std::string> Grammar::visible_commands() const {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  return names;
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
    known = visible_commands();
  }
  const std::string name(word, 0, is_option ? word.find('=') : std::string::npos);
  std::string text = fmt::format("{} '{}'",
                                 is_option        ? "unknown option"
                                 : chosen.empty() ? "unknown subcommand"
                                                  : "one argument too many:",
                                 name);
  text += did_you_mean(name, known);
  if (!is_option && context.command != nullptr && context.command->takes_cmd) text += "; write -- in front of CMD";
  return text;
}

std::vector<const CLI::Option*> Grammar::all_options() const {
  std::vector<const CLI::Option*> options;
  for (const CLI::App* from : app.get_subcommands()) {
    for (const CLI::Option* argument : from->get_options([](const CLI::Option* o) { return o->get_positional(); })) {
      options.push_back(argument);
    }
    std::ranges::copy(named_options(*from), std::back_inserter(options));
  }
  std::ranges::copy(named_options(app), std::back_inserter(options));
  return options;
}

std::string Grammar::about_two_that_exclude() const {
  const auto options = all_options();
  for (const CLI::Option* one : options) {
    for (const CLI::Option* other : options) {
      if (one == other || one->count() == 0 || other->count() == 0) continue;
      if (!one->get_excludes().contains(const_cast<CLI::Option*>(other))) continue;
      return fmt::format("give {} or {}, not both", shown(*one), shown(*other));
    }
  }
  return {};
}

std::string Grammar::about_one_that_is_needed() const {
  for (const CLI::Option* option : all_options()) {
    for (const CLI::Option* needed : option->get_needs()) {
      if (option->count() > 0 && needed->count() == 0) {
        return fmt::format("{} is of use only with {}", shown(*option), shown(*needed));
      }
    }
  }
  return {};
}

std::string Grammar::about_flag() const {
  for (const CLI::Option* option : all_options()) {
    if (option->get_items_expected_max() > 0) continue;
    for (const auto& text : option->results()) {
      if (is_true_or_false(text)) continue;
      return fmt::format("{}: invalid value '{}': write true or false", shown(*option), elect::printable(text));
    }
  }
  return {};
}

std::string Grammar::about_missing() const {
  for (const CLI::Option* option : all_options()) {
    if (option->get_required() && option->count() == 0) return shown(*option) + " is missing";
  }
  for (const CLI::App* from : app.get_subcommands()) {
    for (const CLI::App* group : from->get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); })) {
      std::string names;
      for (const CLI::Option* option : named_options(*group)) names += (names.empty() ? "" : ", ") + shown(*option);
      return "choose one: " + names;
    }
  }
  return {};
}

void refuse(std::string why) { throw CLI::ValidationError(std::move(why), CLI::ExitCodes::ValidationError); }

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
