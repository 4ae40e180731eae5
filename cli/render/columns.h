// Text in columns, for people.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::render {

// How to format the output for the terminal or file where it is shown.
struct OutputStyle {
  bool hex = false;     // Show names and values as hex.
  bool colour = false;  // Use the terminal's colours.
  bool ascii = false;   // Draw with ASCII only.
  int width = 0;        // The most columns of a line. 0: no limit.
  int height = 0;       // The most lines. 0: no limit.
};

struct Columns {
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;  // Each as long as `heads`. Printable text.
  std::vector<std::size_t> hidden;             // Columns that are never shown.
  std::vector<std::size_t> left_out;           // Columns to leave out if lines are too long, in this order.
  // Columns to cut in the middle: to 60 before a column is left out, to less after all of `left_out` are.
  std::vector<std::size_t> shortened;
  // A column of prose. It gets the room that the other columns leave, and is cut at its end. It is left out if there is
  // room for less than 8.
  std::optional<std::size_t> prose{};
  std::optional<std::size_t> marked;  // The highlighted row.
};

// No line is longer than output.width.
[[nodiscard]] std::string columns(const Columns& table, const OutputStyle& output);

// How many terminal columns a printable text takes: 2 for a wide character, 0 for a combining one.
[[nodiscard]] std::size_t width_of(std::string_view text);

// Cuts the text to that width. A mark shows that something is missing.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width, const OutputStyle& output);

// The same, but cuts in the middle: names often have the same beginning.
[[nodiscard]] std::string cut_middle(std::string_view text, std::size_t width, const OutputStyle& output);

// Adds a colour ("32": an ECMA-48 SGR parameter) if output.colour is set.
[[nodiscard]] std::string coloured(std::string_view text, std::string_view colour, const OutputStyle& output);

}  // namespace cli::render
