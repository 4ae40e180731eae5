// The words of a command line, sorted for the parser: options and their values in front, the subcommand's arguments
// behind "--", where the parser takes them as they are. (Elsewhere it takes "++" and "[a]" for something else.)
//
// What a "--" means that the user typed: behind a subcommand that takes a CMD, and behind its NAME, it begins CMD. In
// front of NAME, or where there is no CMD to take, it ends the options: what follows may begin with "-", and where a
// CMD is taken a second "--" begins that.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar.h"

namespace cli {

class Words {
 public:
  explicit Words(Grammar& grammar) : grammar_(grammar) {}

  // Takes what was typed behind the program's name. CMD goes to the grammar's context.argv. Throws what CLI11 throws.
  void take(std::span<char* const> typed);

  // All but CMD, in the parser's order.
  [[nodiscard]] std::vector<std::string> sorted() &&;

  // Those that are the subcommand's arguments.
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  [[nodiscard]] const CLI::App* subcommand() const { return chosen_ != nullptr ? chosen_->app : nullptr; }
  [[nodiscard]] bool is_negative_number(std::string_view word) const;
  void take_argument(std::string_view word);
  void take_option(std::string_view word);
  // The one of several short options in a word (-lw) that may have its value in the next word; nullptr: none.
  [[nodiscard]] const CLI::Option* last_of(std::string_view word, const CLI::Option* first) const;
  [[noreturn]] void refuse_missing_value() const;
  void take_rest(std::span<char* const> rest);  // What stands behind the first "--".
  void take_cmd(std::span<char* const> argv);
  [[nodiscard]] std::size_t arguments_wanted() const;  // How many arguments the subcommand takes at most.

  struct PerhapsValue {
    std::size_t option;    // In options_.
    std::size_t argument;  // In arguments_.
  };

  Grammar& grammar_;
  std::vector<std::string> options_;    // Their values, too, and the subcommand.
  std::vector<std::string> arguments_;  // The subcommand's.
  const Grammar::Subcommand* chosen_ = nullptr;
  bool has_chosen_ = false;                    // The first word that is neither an option nor a value has come.
  bool is_value_ = false;                      // The next word is the value of the option in front of it.
  const CLI::Option* wants_value_ = nullptr;   // That option.
  std::optional<std::size_t> open_option_;     // In options_: the last one that stands without its optional value.
  bool just_opened_ = false;                   // It is the word in front.
  std::optional<PerhapsValue> perhaps_value_;  // Its value, if the subcommand has arguments enough without it.
};

}  // namespace cli
