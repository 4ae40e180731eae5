// Turns bytes from the store into text for people, terminals and JSON. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace elect {

// Whether it is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);

// Safe for a terminal. Well-formed text is kept. Control characters, characters that change the direction of writing or
// break lines, and bytes that are not UTF-8 become \n, \x1b, \u{202e}. For people, not for parsing: a backslash is not
// escaped.
[[nodiscard]] std::string printable(std::string_view bytes);

// Formats like Go's %q, which etcdctl -w fields uses: quoted, with Go's escapes. Go decides what is printable.
[[nodiscard]] std::string go_quoted(std::string_view bytes);

// Quotes any bytes as one word for a shell. What printable() changes becomes $'\033', which bash, zsh and ksh
// understand.
[[nodiscard]] std::string shell_quoted(std::string_view bytes);

// The first character of a text that is not empty: its size in bytes and its width on a terminal (0 to 2 columns). A
// byte that is not UTF-8 counts as one column.
struct Character {
  std::size_t bytes;
  std::size_t columns;
};
[[nodiscard]] Character first_character(std::string_view text);

}  // namespace elect
