// The words of a command line, sorted for the parser. Options and their values come first. The subcommand's arguments
// come after a "--", because there the parser takes them literally. (Elsewhere "++" and "[a]" have a special meaning.)
//
// The meaning of a "--" that the user typed: after a subcommand that takes a CMD, and after its NAME, it starts CMD.
// Before NAME, or if the subcommand takes no CMD, it ends the options: the words after it may start with "-". Then, if
// the subcommand takes a CMD, a second "--" starts it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/grammar.h"

namespace cli {

// Whether a flag takes this as its value: what Go's flags, and so etcdctl's, accept as true and false.
[[nodiscard]] bool is_true_or_false(std::string_view text);

class Words {
 public:
  explicit Words(Grammar& grammar) : grammar_(grammar) {}

  // Takes the words after the program's name. CMD goes to the grammar's context.argv. Throws what CLI11 throws.
  void take(std::span<char* const> typed);

  // All words except CMD, in the parser's order.
  [[nodiscard]] std::vector<std::string> sorted() &&;

  // The words that are the subcommand's arguments.
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  [[nodiscard]] const CLI::App* subcommand() const { return chosen_ != nullptr ? chosen_->app : nullptr; }
  [[nodiscard]] bool is_negative_number(std::string_view word) const;
  void take_argument(std::string_view word);
  void take_option(std::string_view word);
  // In a word of several short options (-lw): the option that may have its value in the next word. nullptr: none.
  [[nodiscard]] const CLI::Option* last_of(std::string_view word, const CLI::Option* first) const;
  [[noreturn]] void refuse_missing_value() const;
  void take_rest(std::span<char* const> rest);  // The words after the first "--".
  void take_cmd(std::span<char* const> argv);
  [[nodiscard]] std::size_t arguments_wanted() const;  // The most arguments that the subcommand takes.

  struct PossibleValue {
    std::size_t option;    // Index in options_.
    std::size_t argument;  // Index in arguments_.
  };

  Grammar& grammar_;
  std::vector<std::string> options_;    // Options, their values and the subcommand.
  std::vector<std::string> arguments_;  // The subcommand's.
  const Grammar::Subcommand* chosen_ = nullptr;
  bool has_chosen_ = false;                           // The first word that is neither an option nor a value was seen.
  bool next_is_value_ = false;                        // The next word is the value of the option before it.
  const CLI::Option* option_before_value_ = nullptr;  // That option.
  std::optional<std::size_t> open_option_;       // Index in options_ of the last option that lacks its optional value.
  bool just_opened_ = false;                     // That option is the previous word.
  std::optional<PossibleValue> possible_value_;  // Its value, if the subcommand has enough arguments without it.
};

}  // namespace cli
