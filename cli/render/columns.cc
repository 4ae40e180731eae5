#include "render/columns.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli::render {
namespace {

constexpr std::size_t kBetweenColumns = 2;
constexpr std::size_t kNarrowest = 8;  // A narrower column would be unreadable.
constexpr std::size_t kReadable = 60;  // A column is cut to this width before another one is left out.
constexpr std::size_t kReadableProse = 24;

// The longest beginning of a text that is no wider than `width`. Returns its length in bytes.
std::size_t beginning(std::string_view text, std::size_t width) {
  std::size_t kept = 0;
  for (std::size_t used = 0; kept < text.size();) {
    const auto [bytes, columns] = elect::first_character(text.substr(kept));
    if (used + columns > width) break;
    used += columns;
    kept += bytes;
  }
  return kept;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [bytes, columns] = elect::first_character(text);
    width += columns;
    text.remove_prefix(bytes);
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width, const OutputStyle& output) {
  if (width_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  const std::string_view mark = output.ascii ? ">" : "…";
  std::string kept(text.substr(0, beginning(text, width - 1)));
  if (!kept.ends_with(mark)) kept += mark;  // A cell of a line may have been cut at the same place.
  return kept;
}

std::string cut_middle(std::string_view text, std::size_t width, const OutputStyle& output) {
  const std::size_t all = width_of(text);
  if (all <= width) return std::string(text);
  const std::string_view mark = output.ascii ? "..." : "…";
  const std::size_t kept = width - std::min(width, width_of(mark));
  if (kept < 2) return cut(text, width, output);
  const auto head = beginning(text, (kept + 1) / 2);
  // The tail starts where the beginning ends, moved to the next whole character.
  auto tail = beginning(text, all - kept / 2);
  while (tail < text.size() && width_of(text.substr(tail)) > kept / 2)
    tail += elect::first_character(text.substr(tail)).bytes;
  return fmt::format("{}{}{}", text.substr(0, head), mark, text.substr(tail));
}

std::string coloured(std::string_view text, std::string_view colour, const OutputStyle& output) {
  return output.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

namespace {

std::size_t length_of(const std::vector<std::size_t>& widths, const std::vector<std::size_t>& shown) {
  std::size_t length = 0;
  for (const std::size_t i : shown) length += widths[i] + (length > 0 ? kBetweenColumns : 0);
  return length;
}

// Shrinks the widest of the columns that may be shortened until lines fit, but none to less than `least`.
std::vector<std::size_t> shrunk(const Columns& table, const std::vector<std::size_t>& shown, std::size_t room,
                                std::vector<std::size_t> widths, std::size_t least) {
  for (const std::size_t column : table.shortened) widths[column] = std::min(widths[column], std::max(room, least));
  while (length_of(widths, shown) > room && !table.shortened.empty()) {
    std::size_t& widest = widths[*std::ranges::max_element(table.shortened, {}, [&](auto i) { return widths[i]; })];
    if (widest <= least) break;
    --widest;
  }
  return widths;
}

// Shrinks `widths` so that lines fit, without making any column unreadable. False: that is not possible.
bool fit_readable(const Columns& table, const std::vector<std::size_t>& shown, std::size_t room,
                  std::vector<std::size_t>& widths, std::size_t least_prose) {
  auto readable = widths;
  if (table.prose) readable[*table.prose] = std::min(widths[*table.prose], least_prose);
  readable = shrunk(table, shown, room, std::move(readable), kReadable);
  const std::size_t length = length_of(readable, shown);
  if (length > room) return false;
  if (table.prose) readable[*table.prose] = std::min(widths[*table.prose], readable[*table.prose] + (room - length));
  widths = std::move(readable);
  return true;
}

// Chooses the columns so that lines fit, and shrinks `widths`.
std::vector<std::size_t> fit(const Columns& table, std::size_t room, std::vector<std::size_t>& widths) {
  std::vector<std::size_t> shown(widths.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  for (const std::size_t column : table.hidden) std::erase(shown, column);
  for (const std::size_t column : table.left_out) {
    if (fit_readable(table, shown, room, widths, kReadableProse)) return shown;
    std::erase(shown, column);
  }
  if (table.prose) {
    if (fit_readable(table, shown, room, widths, kNarrowest)) return shown;
    std::erase(shown, *table.prose);
  }
  widths = shrunk(table, shown, room, std::move(widths), kNarrowest);
  return shown;
}

}  // namespace

std::string columns(const Columns& table, const OutputStyle& output) {
  std::vector<std::size_t> widths;
  widths.reserve(table.heads.size());
  for (const auto& head : table.heads) widths.push_back(width_of(head));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const std::size_t room =
      output.width > 0 ? static_cast<std::size_t>(output.width) : std::numeric_limits<std::size_t>::max();
  const auto shown = fit(table, room, widths);
  const auto line_of = [&](const std::vector<std::string>& row) {
    std::string line;
    for (const std::size_t i : shown) {
      const std::string cell =
          i == table.prose ? cut(row[i], widths[i], output) : cut_middle(row[i], widths[i], output);
      line += cell;
      if (i != shown.back()) line.append(widths[i] - width_of(cell) + kBetweenColumns, ' ');
    }
    return cut(line, room, output);
  };
  std::string text = coloured(line_of(table.heads), "1", output) + "\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string line = line_of(table.rows[r]);
    text += (table.marked == r ? coloured(line, "32", output) : line) + "\n";
  }
  return text;
}

}  // namespace cli::render
