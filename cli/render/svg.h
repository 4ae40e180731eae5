// Writes a picture as one SVG file, for a report. The file needs no script, font or image from elsewhere.
//
// Coordinates are units of a picture that is kPictureWidth wide. In a narrow window the style sheet enlarges the text:
// so a line of text has at most kMostColumns columns, and needs kLine of height. Colours follow the reader's light or
// dark mode. A class says what an element is, the style sheet says how it looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "render/columns.h"

namespace cli::render {

inline constexpr double kPictureWidth = 880;
inline constexpr double kMargin = 24;
inline constexpr double kLine = 25;
inline constexpr std::size_t kMostColumns = 70;
inline constexpr double kRow = 30;
inline constexpr double kBar = 16;
inline constexpr double kLargeDigit = 12.5;      // Width of a digit where the text is enlarged.
inline constexpr std::size_t kKeyColumns = 100;  // The most columns of a key, a value and the like in a tooltip.
inline constexpr double kChartLeft = 240;        // The rows' labels are left of it.
inline constexpr double kChartRight = 800;

// Any bytes as text in XML. Markup is escaped. Characters that XML does not allow, and bytes that are not UTF-8, become
// U+FFFD.
[[nodiscard]] std::string xml_text(std::string_view bytes);

struct Box {
  double x;
  double y;
  double width;
  double height;
};

struct Point {
  double x;
  double y;
};

// The most columns of a label, and the most where the text is enlarged.
struct LabelWidth {
  std::size_t wide;
  std::size_t slim;
};
inline constexpr LabelWidth kRowLabel = {25, 16};  // Left of the chart.

// Later elements cover earlier ones. The browser shows an element's tooltip under the pointer.
class Picture {
 public:
  // Draws the title, too.
  explicit Picture(std::string_view title);

  void text(std::string_view classes, double x, double y, std::string_view text, std::string_view tooltip = {});
  void rect(std::string_view classes, const Box& box, std::string_view tooltip = {});
  void path(std::string_view classes, std::string_view path, std::string_view tooltip = {});
  // Draws the text in lines. Returns the y of the next line.
  double paragraph(double y, std::string_view text);

  // Any bytes, cut to the width. The tooltip has them whole.
  void label(Point at, std::string_view bytes, LabelWidth width, const OutputStyle& output);
  // The background of every other row.
  void stripe(double y, double height);

  [[nodiscard]] static double below_title() { return kMargin + 52; }
  [[nodiscard]] std::string file(double height) const;

 private:
  std::string title_;
  std::string body_;
};

// The path of a bar with a pointed end, for what has not ended.
[[nodiscard]] std::string arrow(const Box& box);

// Splits the text into lines of at most so many columns, between words where possible.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// Any bytes as printable text of at most so many columns.
[[nodiscard]] std::string brief(std::string_view bytes, std::size_t columns, const OutputStyle& output);

// 3000 as 3,000.
[[nodiscard]] std::string grouped(std::int64_t number);

// A number for SVG: at most two decimals.
[[nodiscard]] std::string units(double number);

}  // namespace cli::render
