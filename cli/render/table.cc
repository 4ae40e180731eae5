#include "render/table.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "elect/text.h"
#include "render/simple.h"

namespace cli::render {
namespace {

constexpr std::size_t kColumns = 9;
constexpr std::array<std::string_view, kColumns> kHeads = {"RANK",   "ROLE", "VALUE",   "LEASE", "TTL",
                                                           "CREATE", "MOD",  "VERSION", "KEY"};
using Row = std::array<std::string, kColumns>;

// Columns that a terminal gives to valid text, counting characters; wide ones are rare in names of hosts.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string cut(const std::string& line, std::size_t width) {
  if (width_of(line) <= width) return line;
  std::size_t columns = 0;
  std::size_t bytes = 0;
  for (; bytes < line.size(); ++bytes) {
    const bool starts_character = (static_cast<unsigned char>(line[bytes]) & 0xC0U) != 0x80U;
    if (starts_character && columns++ == width - 1) break;
  }
  return line.substr(0, bytes) + "…";
}

std::string ttl_of(const Listed& listed) {
  if (listed.candidate.lease == 0) return "no lease";
  if (!listed.lease) return "?";
  if (listed.lease->ttl.count() < 0) return "gone";
  return fmt::format("{}s/{}s", listed.lease->ttl.count(), listed.lease->granted.count());
}

}  // namespace

std::string table(const std::vector<Listed>& listing, const TableStyle& style) {
  const SimpleStyle bytes{.hex = style.hex, .escape = true};
  std::vector<Row> rows{{}};
  std::ranges::transform(kHeads, rows[0].begin(), [](std::string_view head) { return std::string(head); });
  for (const auto& listed : listing) {
    const auto& candidate = listed.candidate;
    rows.push_back({fmt::to_string(listed.rank), listed.rank == 1 ? "leader" : "candidate",
                    shown(candidate.value, bytes), elect::hex_of(candidate.lease), ttl_of(listed),
                    fmt::to_string(candidate.create_revision), fmt::to_string(candidate.mod_revision),
                    fmt::to_string(candidate.version), shown(candidate.key, bytes)});
  }
  std::array<std::size_t, kColumns> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  // A long value shall not push everything behind it off the terminal.
  if (style.width > 0)
    widths[2] = std::min(widths[2], std::max<std::size_t>(12, static_cast<std::size_t>(style.width) / 4));

  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string cell = cut(rows[r][i], widths[i]);
      line += cell;
      if (i + 1 < kColumns) line.append(widths[i] - width_of(cell) + 2, ' ');
    }
    if (style.width > 0) line = cut(line, static_cast<std::size_t>(style.width));
    if (style.colour && r == 0) line = "\x1b[1m" + line + "\x1b[0m";
    if (style.colour && r == 1) line = "\x1b[32m" + line + "\x1b[0m";
    text += line + "\n";
  }
  return text;
}

}  // namespace cli::render
