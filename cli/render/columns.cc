#include "render/columns.h"

#include <algorithm>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli::render {
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [bytes, columns] = elect::first_character(text);
    width += columns;
    text.remove_prefix(bytes);
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width, const Look& look) {
  if (width_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t kept = 0;
  for (std::size_t used = 0; kept < text.size();) {
    const auto [bytes, columns] = elect::first_character(text.substr(kept));
    if (used + columns > width - 1) break;
    used += columns;
    kept += bytes;
  }
  return std::string(text.substr(0, kept)) + (look.ascii ? ">" : "…");
}

std::string coloured(std::string_view text, std::string_view colour, const Look& look) {
  return look.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

std::string columns(const Columns& table, const Look& look) {
  std::vector<std::size_t> widths;
  widths.reserve(table.heads.size());
  for (const auto& head : table.heads) widths.push_back(width_of(head));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  // One long text shall not push everything behind it off the terminal.
  if (look.width > 0) {
    const auto most = std::max<std::size_t>(12, static_cast<std::size_t>(look.width) / 4);
    widths[table.flexible] = std::min(widths[table.flexible], most);
  }
  const auto line_of = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = cut(row[i], widths[i], look);
      line += cell;
      if (i + 1 < row.size()) line.append(widths[i] - width_of(cell) + 2, ' ');
    }
    return look.width > 0 ? cut(line, static_cast<std::size_t>(look.width), look) : line;
  };
  std::string text = coloured(line_of(table.heads), "1", look) + "\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string line = line_of(table.rows[r]);
    text += (table.marked == r ? coloured(line, "32", look) : line) + "\n";
  }
  return text;
}

}  // namespace cli::render
