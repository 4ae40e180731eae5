#include "elect/text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace elect {
namespace {

// The first character of `bytes`; nullopt: they are not UTF-8.
struct Rune {
  char32_t code;
  std::size_t size;
};

std::optional<Rune> first_rune(std::string_view bytes) {
  const auto byte = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Rune{lead, 1};
  std::size_t size = 0;
  char32_t code = 0;
  char32_t smallest = 0;
  if ((lead & 0xE0U) == 0xC0U) {
    size = 2, code = lead & 0x1FU, smallest = 0x80;
  } else if ((lead & 0xF0U) == 0xE0U) {
    size = 3, code = lead & 0x0FU, smallest = 0x800;
  } else if ((lead & 0xF8U) == 0xF0U) {
    size = 4, code = lead & 0x07U, smallest = 0x10000;
  }
  if (size == 0 || bytes.size() < size) return std::nullopt;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  return Rune{code, size};
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
constexpr Range kPrintable[] = {
#include "model/unicode_print.inc"
};

constexpr Range kZeroWidth[] = {
#include "model/unicode_zero_width.inc"
};
constexpr Range kWide[] = {
#include "model/unicode_wide.inc"
};

template <std::size_t Size>
bool is_in(const Range (&ranges)[Size], char32_t code) {
  const auto* range = std::ranges::lower_bound(ranges, code, {}, &Range::last);
  return range != std::end(ranges) && code >= range->first;
}

bool is_go_printable(char32_t code) {
  if (code < 0x80) return code >= 0x20 && code < 0x7F;
  return is_in(kPrintable, code);
}

bool controls_terminal(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x061C;
}

// The letter of a C escape; 0: it has none.
char escape_letter(char32_t code, std::string_view escapes) {
  static constexpr std::string_view kCodes = "\a\b\f\n\r\t\v";
  static constexpr std::string_view kLetters = "abfnrtv";
  const auto at = code < 0x80 ? kCodes.find(static_cast<char>(code)) : std::string_view::npos;
  if (at == std::string_view::npos || escapes.find(kLetters[at]) == std::string_view::npos) return 0;
  return kLetters[at];
}

void append_byte(std::string& text, char byte) {
  fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(byte));
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto rune = first_rune(bytes);
    if (!rune) return false;
    bytes.remove_prefix(rune->size);
  }
  return true;
}

std::string printable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto rune = first_rune(bytes);
    const std::size_t size = rune ? rune->size : 1;
    const char letter = rune ? escape_letter(rune->code, "nrt") : '\0';
    if (rune && !controls_terminal(rune->code)) {
      text += bytes.substr(0, size);
    } else if (letter != 0) {
      text += {'\\', letter};
    } else if (!rune || rune->code < 0x80) {
      append_byte(text, bytes.front());
    } else {
      fmt::format_to(std::back_inserter(text), "\\u{{{:x}}}", static_cast<std::uint32_t>(rune->code));
    }
    bytes.remove_prefix(size);
  }
  return text;
}

std::string shell_quoted(std::string_view bytes) {
  const bool plain = printable(bytes) == bytes;
  std::string quoted = plain ? "'" : "$'";
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (plain) {
      quoted += byte == '\'' ? "'\\''" : std::string(1, byte);
    } else if (byte == '\'' || byte == '\\') {
      quoted += {'\\', byte};
    } else if (code < 0x20 || code >= 0x7F) {
      quoted += fmt::format("\\{:03o}", code);
    } else {
      quoted += byte;
    }
  }
  return quoted + "'";
}

std::string go_quoted(std::string_view bytes) {
  std::string text = "\"";
  while (!bytes.empty()) {
    const auto rune = first_rune(bytes);
    const std::size_t size = rune ? rune->size : 1;
    const char letter = rune ? escape_letter(rune->code, "abfnrtv") : '\0';
    if (rune && (rune->code == '"' || rune->code == '\\')) {
      text += {'\\', bytes.front()};
    } else if (rune && is_go_printable(rune->code)) {
      text += bytes.substr(0, size);
    } else if (letter != 0) {
      text += {'\\', letter};
    } else if (!rune || rune->code < 0x80) {
      append_byte(text, bytes.front());
    } else if (rune->code < 0x10000) {
      fmt::format_to(std::back_inserter(text), "\\u{:04x}", static_cast<std::uint32_t>(rune->code));
    } else {
      fmt::format_to(std::back_inserter(text), "\\U{:08x}", static_cast<std::uint32_t>(rune->code));
    }
    bytes.remove_prefix(size);
  }
  return text + "\"";
}

Character first_character(std::string_view text) {
  const auto rune = first_rune(text);
  if (!rune) return {1, 1};
  if (rune->code < 0x80) return {1, rune->code >= 0x20 && rune->code != 0x7F ? 1U : 0U};
  return {rune->size, is_in(kZeroWidth, rune->code) ? 0U : is_in(kWide, rune->code) ? 2U : 1U};
}

}  // namespace elect
