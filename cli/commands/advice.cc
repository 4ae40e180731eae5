#include "commands/advice.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "account/secrets.h"
#include "elect/text.h"

namespace cli {
namespace {

bool is_safe(char byte) {
  const bool letter_or_digit =
      (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
  return letter_or_digit || std::string_view("_-./:=,@%+").contains(byte);
}

std::string shell_word(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, is_safe) ? std::string(word) : elect::shell_quoted(word);
}

}  // namespace

std::string with_value_as_cmd(const Context& context, std::string_view value) {
  char* const* const begin = context.arguments + 1;
  auto words = without_secrets({begin, std::ranges::find(begin, std::unreachable_sentinel, nullptr)});
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
