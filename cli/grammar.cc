#include "grammar.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "suggestion.h"

namespace cli {

namespace {

// What Go's flags take for yes and no.
constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};

// -w=json as -w and json; a flag's value is its being there or not.
void put_apart(const CLI::Option& option, std::string_view word, std::vector<std::string>& words) {
  const std::string_view name = word.substr(0, 2);
  const std::string_view value = word.substr(3);
  if (option.get_items_expected_max() > 0) {
    words.emplace_back(name);
    words.emplace_back(value);
  } else if (std::ranges::find(kTrue, value) != kTrue.end()) {
    words.emplace_back(name);
  } else if (std::ranges::find(kFalse, value) == kFalse.end()) {
    words.emplace_back(word);  // For the parser to refuse.
  }
}

// As for etcdctl, the last of several counts: an alias may have given one already. Not of those of which exactly one is
// wanted: they are in groups.
void let_last_count(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (option->get_items_expected_max() == 1) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
}

}  // namespace

Grammar::Grammar() : Grammar(std::span<char* const>()) {}

Grammar::Grammar(std::span<char* const> arguments) : app("", "electctl") {
  app.fallthrough();
  app.set_help_flag("-h,--help", "print this help");
  app.require_subcommand(0, 1);
  declare_global_options(app, context.options);
  const auto is_named = [arguments](const Command& command) {
    return std::ranges::find(arguments, command.name, [](const char* word) { return std::string_view(word); }) !=
           arguments.end();
  };
  const bool all = std::ranges::none_of(commands(), is_named);
  for (const Command& command : commands()) {
    if (!all && !is_named(command)) continue;
    CLI::App* subcommand = app.add_subcommand(std::string(command.name));
    subcommands.push_back({&command, subcommand, command.declare(*subcommand)});
    let_last_count(*subcommand);
  }
  let_last_count(app);
}

const Declared& Grammar::parse(std::span<char* const> arguments) {
  std::vector<std::string> reversed = own_words(arguments);
  std::ranges::reverse(reversed);  // As CLI11 wants them.
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    const auto unknown = app.remaining(true);
    const auto option = std::ranges::find_if(unknown, [](const auto& word) { return word.starts_with('-'); });
    throw CLI::ExtrasError(about_unknown(option == unknown.end() ? unknown.front() : *option),
                           CLI::ExitCodes::ExtrasError);
  }
  for (const Subcommand& subcommand : subcommands) {
    if (!subcommand.app->parsed()) continue;
    context.command = subcommand.command;
    return subcommand.declared;
  }
  throw CLI::RequiredError("a subcommand");
}

std::vector<std::string> Grammar::own_words(std::span<char* const> arguments) {
  const CLI::Option* write_out = app.get_option("--write-out");
  std::vector<std::string> words;
  const Subcommand* chosen = nullptr;
  bool is_value = false;    // Of the option in front.
  bool has_chosen = false;  // The first word that is neither an option nor a value has come.
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--") {
      const auto rest = arguments.subspan(i);
      if (chosen != nullptr && chosen->command->takes_cmd) {
        take_cmd(rest.subspan(1));
      } else {
        words.insert(words.end(), rest.begin(), rest.end());
      }
      break;
    }
    if (is_value || word.size() < 2 || word[0] != '-') {
      if (!is_value && !std::exchange(has_chosen, true)) {
        const auto named = std::ranges::find(subcommands, word, [](const auto& one) { return one.command->name; });
        if (named != subcommands.end()) chosen = &*named;
      }
      is_value = false;
      words.emplace_back(word);
      continue;
    }
    const bool is_long = word[1] == '-';
    const std::string_view name = word.substr(0, is_long ? word.find('=') : 2);
    const CLI::Option* option = option_of(chosen != nullptr ? chosen->app : nullptr, std::string(name));
    if (option == write_out) context.options.format_is_typed = true;
    if (option != nullptr && !is_long && word.substr(2).starts_with('=')) {
      put_apart(*option, word, words);
      continue;
    }
    is_value = option != nullptr && name == word && option->get_items_expected_min() > 0;
    words.emplace_back(word);
  }
  return words;
}

void Grammar::take_cmd(std::span<char* const> argv) {
  context.argv.assign(argv.begin(), argv.end());
  if (context.argv.empty() || context.argv.front().empty()) {
    throw CLI::ValidationError("--", "needs a CMD behind it");
  }
}

const CLI::Option* Grammar::option_of(const CLI::App* subcommand, const std::string& name) const {
  if (const CLI::Option* option = app.get_option_no_throw(name)) return option;
  if (subcommand == nullptr) return nullptr;
  for (const CLI::Option* option : named_options(*subcommand)) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

std::string Grammar::about_unknown(const std::string& word) const {
  const auto chosen = app.get_subcommands();
  const bool is_option = word.starts_with('-');
  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::App* from : {&app, chosen.empty() ? &app : static_cast<const CLI::App*>(chosen.front())}) {
      for (const CLI::Option* option : named_options(*from))
        std::ranges::move(names_of(*option), std::back_inserter(known));
    }
  } else if (chosen.empty()) {
    for (const Command& command : commands()) {
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
