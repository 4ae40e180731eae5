#include "render/columns.h"

#include <wchar.h>

#include <algorithm>
#include <clocale>
#include <cwchar>

#include <fmt/format.h>

namespace cli::render {
namespace {

// While one lives, this thread's characters are UTF-8, whatever the environment says.
class Utf8 {
 public:
  Utf8() : before_(uselocale(locale())) {}
  ~Utf8() { uselocale(before_); }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

 private:
  static locale_t locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;  // A null one changes nothing: bytes are counted then.
  }
  locale_t before_;
};

// The bytes at the front of `text` that are one character, and its width.
struct Character {
  std::size_t bytes;
  std::size_t width;
};

Character first_of(std::string_view text) {
  wchar_t character = 0;
  std::mbstate_t state{};
  const std::size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {1, 1};
  return {bytes, static_cast<std::size_t>(std::max(wcwidth(character), 0))};
}

}  // namespace

std::size_t width_of(std::string_view text) {
  const Utf8 utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [bytes, columns] = first_of(text);
    width += columns;
    text.remove_prefix(bytes);
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width, const Look& look) {
  if (width_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  const Utf8 utf8;
  std::size_t kept = 0;
  for (std::size_t used = 0; kept < text.size();) {
    const auto [bytes, columns] = first_of(text.substr(kept));
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
