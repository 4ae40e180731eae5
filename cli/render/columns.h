// Text in columns, for people.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::render {

// What the place that it is shown at wants.
struct Look {
  bool hex = false;     // Names and values as hex.
  bool colour = false;  // The terminal's colours may be used.
  bool ascii = false;   // Nothing but ASCII is drawn.
  int width = 0;        // Lines are cut to so many columns; 0: never.
  int height = 0;       // So many lines fit; 0: all.
};

struct Columns {
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;  // Each as long as `heads`; of printable text.
  std::vector<std::size_t> hidden;             // Columns that are not shown at all.
  std::vector<std::size_t> left_out;   // Columns that are left out where lines are too long: these, in this order.
  std::vector<std::size_t> shortened;  // Where that is not enough: columns that are cut in the middle.
  std::optional<std::size_t> marked;   // The row that stands out.
};

// No line is longer than look.width.
[[nodiscard]] std::string columns(const Columns& table, const Look& look);

// How many columns of a terminal a printable text takes: 2 for a wide character, 0 for one that combines.
[[nodiscard]] std::size_t width_of(std::string_view text);

// The text, cut to that width with a mark that something is missing.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width, const Look& look);

// The same, cut in the middle: what names have in common is often their beginning.
[[nodiscard]] std::string cut_middle(std::string_view text, std::size_t width, const Look& look);

// In a colour ("32": an ECMA-48 SGR parameter), where there are colours.
[[nodiscard]] std::string coloured(std::string_view text, std::string_view colour, const Look& look);

}  // namespace cli::render
