#include "grammar/suggestion.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace cli {
namespace {

// How many edits make one word of the other. An edit adds, removes or changes a letter, or swaps two neighbours
// (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) table[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.size()][b.size()];
}

// What users of other programs type, and what it is called here.
constexpr auto kCalledHere = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"-v", "--version"},
    {"-V", "--version"},
    {"--no-wait", "--try"},
    {"--nowait", "--try"},
    {"--timeout", "--wait"},
    {"--timeout", "--max-runtime"},
});

// Whether a similar spelling says nothing about what was meant: each one-letter option is similar to all others, and
// --no-X is the opposite of X.
bool is_like_nothing(std::string_view typed) {
  return (typed.size() == 2 && typed[0] == '-') || typed.starts_with("--no");
}

}  // namespace

std::optional<std::string> suggestion(std::string_view typed, std::span<const std::string> words) {
  constexpr std::size_t kLongestWord = 64;  // Longer words are not compared. So the table stays small.
  if (typed.size() > kLongestWord) return std::nullopt;
  std::string called;
  for (const auto& [elsewhere, here] : kCalledHere) {
    if (elsewhere != typed || std::ranges::find(words, here) == words.end()) continue;
    called += fmt::format("{}{}", called.empty() ? "" : " or ", here);
  }
  if (!called.empty()) return called;
  if (is_like_nothing(typed)) return std::nullopt;
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (const auto& word : words) {
    const std::size_t d = word.starts_with(typed) ? 1 : distance(typed, word);
    if (d < least && d < word.size()) {
      least = d;
      best = word;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> words) {
  const auto meant = suggestion(typed, words);
  return meant ? fmt::format(" (did you mean {}?)", *meant) : "";
}

}  // namespace cli
