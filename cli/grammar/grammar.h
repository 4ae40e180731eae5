// The program's whole grammar: the global options, and the subcommands with their options. The parser, the help, the
// man pages and the completions all use it.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "grammar/command.h"

namespace cli {

struct Grammar {
  // Declares everything. `commands` must outlive it.
  explicit Grammar(std::span<const Command> commands);
  // Declares only the subcommands whose names occur in these arguments (such a word may also be an option's value), or
  // all if none occurs. Declaring all of them would take a tenth of a short command's time.
  Grammar(std::span<const Command> commands, std::span<char* const> arguments);

  struct Subcommand {
    const Command* command;
    CLI::App* app;
    Declared declared;
  };

  std::span<const Command> commands;  // In the order of the help.
  CLI::App app;
  Context context;
  std::vector<Subcommand> subcommands;  // The declared ones, in the order of `commands`.

  // Parses the arguments after the program's name. CMD goes to context.argv, the subcommand to context.command. Throws
  // what CLI11 throws.
  const Declared& parse(std::span<char* const> arguments);

  // The names of the subcommands for people, in the order of the help.
  [[nodiscard]] std::vector<std::string> visible_commands() const;

  // A global option or one of that subcommand, by a name as it is typed. nullptr: there is none.
  [[nodiscard]] const CLI::Option* option_of(const CLI::App* subcommand, const std::string& name) const;

 private:
  // The message about a word that is not in the grammar.
  [[nodiscard]] std::string about_unknown(const std::string& word, bool is_option) const;

  // Errors that CLI11 finds among the given options and arguments, in our words. Empty: it is another error.
  [[nodiscard]] std::string about_two_that_exclude() const;
  [[nodiscard]] std::string about_one_that_is_needed() const;
  [[nodiscard]] std::string about_flag() const;
  [[nodiscard]] std::string about_missing() const;
  [[nodiscard]] std::vector<const CLI::Option*> all_options() const;  // The subcommand's arguments and options first.
};

// Throws a CLI::ParseError that says why the arguments cannot be used.
[[noreturn]] void refuse(std::string why);

// The options that are given by name, also those in option groups.
[[nodiscard]] std::vector<const CLI::Option*> named_options(const CLI::App& app);

// The names of an option as they are typed: "-w", "--write-out".
[[nodiscard]] std::vector<std::string> names_of(const CLI::Option& option);

}  // namespace cli
