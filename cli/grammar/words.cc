#include "grammar/words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace cli {
namespace {

// What Go's flags accept as true and false.
constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};

// Splits -w=json into -w and json. A flag gets no value: it is kept for true and left out for false.
void split_short_option(const CLI::Option& option, std::string_view word, std::vector<std::string>& words) {
  const std::string_view name = word.substr(0, 2);
  const std::string_view value = word.substr(3);
  if (option.get_items_expected_max() > 0) {
    words.emplace_back(name);
    words.emplace_back(value);
  } else if (std::ranges::find(kTrue, value) != kTrue.end()) {
    words.emplace_back(name);
  } else if (std::ranges::find(kFalse, value) == kFalse.end()) {
    words.emplace_back(word);  // The parser refuses it.
  }
}

}  // namespace

bool is_true_or_false(std::string_view text) {
  return std::ranges::find(kTrue, text) != kTrue.end() || std::ranges::find(kFalse, text) != kFalse.end();
}

void Words::take(std::span<char* const> typed) {
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string_view word = typed[i];
    if (word == "--") {
      if (next_is_value_) refuse_missing_value();
      return take_rest(typed.subspan(i + 1));
    }
    if (std::exchange(next_is_value_, false)) {
      options_.emplace_back(word);
    } else if (word.size() < 2 || word[0] != '-' || is_negative_number(word)) {
      take_argument(word);
    } else {
      take_option(word);
    }
  }
}

std::vector<std::string> Words::sorted() && {
  if (next_is_value_) refuse_missing_value();
  bool ends_open = open_option_ && *open_option_ + 1 == options_.size();
  if (possible_value_ && arguments_.size() > arguments_wanted()) {
    const auto value = arguments_.begin() + static_cast<std::ptrdiff_t>(possible_value_->argument);
    options_[possible_value_->option] += "=" + *value;
    arguments_.erase(value);
    ends_open = false;
  }
  if (arguments_.empty()) return std::move(options_);
  if (ends_open) options_.emplace_back("--");  // The parser reads the first "--" as the end of that option's values.
  options_.emplace_back("--");
  std::ranges::move(arguments_, std::back_inserter(options_));
  return std::move(options_);
}

bool Words::is_negative_number(std::string_view word) const {
  return chosen_ != nullptr && word[1] >= '0' && word[1] <= '9';
}

void Words::take_argument(std::string_view word) {
  if (chosen_ != nullptr) {
    if (just_opened_) possible_value_ = {.option = *open_option_, .argument = arguments_.size()};
    arguments_.emplace_back(word);
  } else {
    if (!std::exchange(has_chosen_, true)) {
      const auto named =
          std::ranges::find(grammar_.subcommands, word, [](const auto& one) { return one.command->name; });
      if (named != grammar_.subcommands.end()) {
        chosen_ = &*named;
        if (!chosen_->command->hidden) grammar_.context.command = chosen_->command;  // Parse errors use it, too.
      }
    }
    options_.emplace_back(word);
  }
  just_opened_ = false;
}

void Words::take_option(std::string_view word) {
  just_opened_ = false;
  const bool is_long = word[1] == '-';
  const std::string_view name = word.substr(0, is_long ? word.find('=') : 2);
  const CLI::Option* option = grammar_.option_of(subcommand(), std::string(name));
  if (option == grammar_.app.get_option("--write-out")) grammar_.context.options.format_is_typed = true;
  if (option != nullptr && !is_long && word.substr(2).starts_with('=')) {
    split_short_option(*option, word, options_);
    return;
  }
  if (option != nullptr && is_long && name.size() + 1 == word.size()) {
    if (option->get_items_expected_max() == 0) refuse(fmt::format("{}: invalid value '': write true or false", name));
    options_.emplace_back(name);  // In --once= the parser sees no value, and would take the next word.
    options_.emplace_back();
    return;
  }
  options_.emplace_back(word);
  if (!is_long) option = last_of(word, option);
  if (option == nullptr || (is_long && name != word)) return;
  next_is_value_ = option->get_items_expected_min() > 0;
  option_before_value_ = option;
  if (!next_is_value_ && option->get_items_expected_max() > 0) {
    open_option_ = options_.size() - 1;
    just_opened_ = true;
  }
}

const CLI::Option* Words::last_of(std::string_view word, const CLI::Option* first) const {
  const CLI::Option* option = first;
  for (std::size_t at = 2; option != nullptr && at < word.size(); ++at) {
    if (option->get_items_expected_max() > 0) return nullptr;  // The rest of the word is its value.
    option = grammar_.option_of(subcommand(), {'-', word[at]});
  }
  return option;
}

void Words::refuse_missing_value() const {
  refuse(fmt::format("{} needs a value: {}", names_of(*option_before_value_).back(),
                     option_before_value_->get_type_name()));
}

void Words::take_rest(std::span<char* const> rest) {
  if (chosen_ == nullptr) {
    options_.emplace_back("--");
    options_.insert(options_.end(), rest.begin(), rest.end());
  } else if (!chosen_->command->takes_cmd) {
    arguments_.insert(arguments_.end(), rest.begin(), rest.end());
  } else if (!arguments_.empty()) {
    take_cmd(rest);
  } else {
    // NAME is missing before this "--". So it allows a NAME or VALUE that starts with "-", and a second "--" starts
    // CMD.
    const auto second =
        std::ranges::find(rest, std::string_view("--"), [](const char* word) { return std::string_view(word); });
    arguments_.assign(rest.begin(), second);
    if (second != rest.end()) {
      take_cmd(rest.subspan(static_cast<std::size_t>(second - rest.begin()) + 1));
    } else if (std::ranges::none_of(arguments_, [](const auto& word) { return word.starts_with('-'); })) {
      refuse("NAME is missing in front of --");
    }
  }
}

void Words::take_cmd(std::span<char* const> argv) {
  auto& cmd = grammar_.context.argv;
  cmd.assign(argv.begin(), argv.end());
  if (cmd.empty() || cmd.front().empty()) refuse("CMD is missing behind --");
}

std::size_t Words::arguments_wanted() const {
  std::size_t wanted = 0;
  for (const CLI::Option* argument :
       subcommand()->get_options([](const CLI::Option* option) { return option->get_positional(); })) {
    wanted += static_cast<std::size_t>(argument->get_items_expected_max());
  }
  return wanted;
}

}  // namespace cli
