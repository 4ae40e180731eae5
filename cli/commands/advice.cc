#include "commands/advice.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli {
namespace {

// Options whose values hide_secrets() has overwritten.
constexpr std::array<std::string_view, 2> kSecret = {"--password", "--auth-jwt-token"};

bool is_safe(char byte) {
  const bool letter_or_digit =
      (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
  return letter_or_digit || std::string_view("_-./:=,@%+").contains(byte);
}

std::string shell_word(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, is_safe) ? std::string(word) : elect::shell_quoted(word);
}

// The words after the program's name.
std::vector<std::string_view> typed_words(const Context& context) {
  std::vector<std::string_view> words;
  for (char* const* word = context.arguments + 1; *word != nullptr; ++word) {
    const std::string_view text = *word;
    if (std::ranges::any_of(kSecret, [text](auto name) { return text.starts_with(fmt::format("{}=", name)); }))
      continue;
    if (std::ranges::find(kSecret, text) == kSecret.end()) {
      words.push_back(text);
    } else if (word[1] != nullptr) {
      ++word;
    }
  }
  return words;
}

}  // namespace

std::string with_value_as_cmd(const Context& context, std::string_view value) {
  auto words = typed_words(context);
  // VALUE comes behind NAME, which may be the same word.
  const auto found = std::find(words.rbegin(), words.rend(), value);
  if (found != words.rend()) words.erase(std::next(found).base());
  words.push_back("--");
  words.push_back(value);
  std::string line = "electctl";
  for (const auto word : words) line += " " + shell_word(word);
  return line;
}

std::string shell_for(const std::vector<std::string>& argv) {
  if (argv.size() != 1 || argv.front().find_first_of(" \t\n") == std::string::npos) return {};
  return fmt::format("; to have a shell run this line, write: -- sh -c {}", elect::shell_quoted(argv.front()));
}

}  // namespace cli
