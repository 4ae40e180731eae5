#include "elect/text.h"

#include <doctest/doctest.h>

using namespace elect;
using namespace std::string_literals;

TEST_CASE("nothing that could drive a terminal is left in printable text") {
  CHECK(printable("héllo wörld\\") == "héllo wörld\\");
  CHECK(printable("a\x1b[31m\n\t\x7f") == "a\\x1b[31m\\n\\t\\x7f");
  CHECK(printable("\xc2\x9b") == "\\u{9b}");        // C1: CSI in one character.
  CHECK(printable("\xe2\x80\xae") == "\\u{202e}");  // Turns the direction of writing.
  CHECK(printable("\xff\xc0\x80") == "\\xff\\xc0\\x80");
  CHECK(printable("\0x"s) == "\\x00x");
}

TEST_CASE("UTF-8 is told strictly from what is not") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("aé€𝄞"));
  for (const auto& bytes :
       {"\x80"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe2\x82"s, "\xf8\x88\x80\x80\x80"s}) {
    CHECK_FALSE(is_utf8(bytes));
  }
}

TEST_CASE("quoting is Go's") {
  CHECK(go_quoted("va\n\"\x01"
                  "é\xe2\x80\x8b\xf3\xa0\x80\x81\x7f\\") == "\"va\\n\\\"\\x01é\\u200b\\U000e0001\\x7f\\\\\"");
  CHECK(go_quoted("a\xff") == "\"a\\xff\"");
  CHECK(go_quoted("\a\b\f\r\t\v") == "\"\\a\\b\\f\\r\\t\\v\"");
}
