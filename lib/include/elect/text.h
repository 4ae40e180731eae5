// Bytes from the store as text for people, terminals and JSON. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace elect {

// Whether it is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);

// What may be shown on a terminal: well-formed text is kept; control characters, characters that turn the direction of
// writing or break lines, and bytes that are no UTF-8 are written as \n, \x1b, \u{202e}. For eyes, not for parsing: a
// backslash stays as it is.
[[nodiscard]] std::string printable(std::string_view bytes);

// As Go's %q, which etcdctl -w fields prints: quoted, with Go's escapes and Go's idea of what is printable.
[[nodiscard]] std::string go_quoted(std::string_view bytes);

// The character at the front of a text that is not empty: its bytes, and the columns that it takes on a terminal (0 to
// 2). A byte that is no UTF-8 counts as a character of one column.
struct Character {
  std::size_t bytes;
  std::size_t columns;
};
[[nodiscard]] Character first_character(std::string_view text);

}  // namespace elect
