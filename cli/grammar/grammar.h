// The program's whole grammar: the options of all, and the subcommands with theirs. The parser, the help, the man pages
// and the completions are all made from it.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "grammar/command.h"

namespace cli {

struct Grammar {
  // All of it. `commands` must outlive it.
  explicit Grammar(std::span<const Command> commands);
  // As much as is needed to parse these arguments: of the subcommands those that are named in them, which may be an
  // option's value, too; all where none is. Declaring all takes a tenth of a short command's time.
  Grammar(std::span<const Command> commands, std::span<char* const> arguments);

  struct Subcommand {
    const Command* command;
    CLI::App* app;
    Declared declared;
  };

  std::span<const Command> commands;  // In the order of the help.
  CLI::App app;
  Context context;
  std::vector<Subcommand> subcommands;  // Those declared, in the order of `commands`.

  // Parses the arguments behind the program's name; CMD goes to context.argv, and which one it is to context.command.
  // Throws what CLI11 throws.
  const Declared& parse(std::span<char* const> arguments);

  // A global option or one of that subcommand, by a name as it is typed; nullptr: there is none.
  [[nodiscard]] const CLI::Option* option_of(const CLI::App* subcommand, const std::string& name) const;

 private:
  // What to say of a word that is not in the grammar.
  [[nodiscard]] std::string about_unknown(const std::string& word, bool is_option) const;

  // What CLI11 finds wrong among the options and arguments that were given, in our words; empty where it is none of it.
  [[nodiscard]] std::string about_two_that_exclude() const;
  [[nodiscard]] std::string about_one_that_is_needed() const;
  [[nodiscard]] std::string about_flag() const;
  [[nodiscard]] std::string about_missing() const;
  [[nodiscard]] std::vector<const CLI::Option*> all_options() const;  // The subcommand's arguments and options first.
};

// Throws, as a CLI::ParseError, why the arguments cannot be used.
[[noreturn]] void refuse(std::string why);

// The options that are given by name, those of option groups included.
[[nodiscard]] std::vector<const CLI::Option*> named_options(const CLI::App& app);

// The names of an option as they are typed: "-w", "--write-out".
[[nodiscard]] std::vector<std::string> names_of(const CLI::Option& option);

}  // namespace cli
