#include "render/simple.h"

#include <fmt/format.h>

#include "elect/text.h"

namespace cli::render {

std::string shown(std::string_view bytes, const SimpleStyle& style) {
  if (style.hex) {
    std::string hex;
    hex.reserve(bytes.size() * 4);
    for (const char byte : bytes)
      fmt::format_to(std::back_inserter(hex), "\\x{:02x}", static_cast<unsigned char>(byte));
    return hex;
  }
  return style.escape ? elect::printable(bytes) : std::string(bytes);
}

std::string simple(const elect::Candidate& candidate, const SimpleStyle& style) {
  std::string text;
  if (!style.values_only) text += shown(candidate.key, style) + "\n";
  if (!style.keys_only) text += shown(candidate.value, style);
  return text + "\n";
}

std::string simple(std::span<const elect::Candidate> candidates, const SimpleStyle& style) {
  std::string text;
  for (const auto& candidate : candidates) text += simple(candidate, style);
  return text;
}

}  // namespace cli::render
