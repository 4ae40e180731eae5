#include "elect/text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "elect/error.h"

using namespace elect;
using namespace std::string_literals;

TEST_CASE("nothing that could drive a terminal is left in printable text") {
  CHECK(printable("héllo wörld\\") == "héllo wörld\\");
  CHECK(printable("a\x1b[31m\n\t\x7f") == "a\\x1b[31m\\n\\t\\x7f");
  CHECK(printable("\xc2\x9b") == "\\u{9b}");        // C1: the character CSI.
  CHECK(printable("\xe2\x80\xae") == "\\u{202e}");  // Changes the direction of writing.
  CHECK(printable("\xff\xc0\x80") == "\\xff\\xc0\\x80");
  CHECK(printable("\0x"s) == "\\x00x");
}

TEST_CASE("UTF-8 is told strictly from what is not") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("aé€𝄞"));
  for (const auto& bytes : {"\x80"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf4\x90\x80\x80"s,
                            "\xe2\x82"s, "\xf8\x88\x80\x80\x80"s}) {
    CHECK_FALSE(is_utf8(bytes));
  }
}

TEST_CASE("any bytes become one word of a shell's command line") {
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("a b") == "'a b'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("a'\\\n\xff") == "$'a\\'\\\\\\012\\377'");
}

TEST_CASE("quoting is Go's") {
  CHECK(go_quoted("va\n\"\x01"
                  "é\xe2\x80\x8b\xf3\xa0\x80\x81\x7f\\") == "\"va\\n\\\"\\x01é\\u200b\\U000e0001\\x7f\\\\\"");
  CHECK(go_quoted("a\xff") == "\"a\\xff\"");
  CHECK(go_quoted("\a\b\f\r\t\v") == "\"\\a\\b\\f\\r\\t\\v\"");
}

TEST_CASE("what is printable is Unicode 13's, as in the Go that etcdctl 3.4 is built with") {
  CHECK(go_quoted("€ 𝄞 \xef\xbf\xbd") == "\"€ 𝄞 \xef\xbf\xbd\"");
  CHECK(go_quoted("\xc2\xa0\xc2\xad\xe2\x80\xa8\xe3\x80\x80\xef\xbb\xbf") == "\"\\u00a0\\u00ad\\u2028\\u3000\\ufeff\"");
  CHECK(go_quoted("\xe0\xa1\xb0") == "\"\\u0870\"");  // New in Unicode 14.
  CHECK(go_quoted("\xf4\x8f\xbf\xbf\xee\x80\x80") == "\"\\U0010ffff\\ue000\"");
}

TEST_CASE("property: shown or quoted, any bytes become UTF-8 without control characters") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 200; ++i) {
      std::string bytes(random() % 40, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random() % (i % 2 == 0 ? 256 : 128));
      for (const std::string& text : {printable(bytes), go_quoted(bytes)}) {
        REQUIRE(is_utf8(text));
        REQUIRE(std::ranges::none_of(text, [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; }));
      }
      REQUIRE(printable(printable(bytes)) == printable(bytes));
    }
  }
}

TEST_CASE("an error is one line, with the endpoint that said so") {
  CHECK(describe({Errc::usage, "no name", ""}) == "no name");
  CHECK(describe({Errc::refused, "too large", "10.0.0.1:2379"}) == "too large (endpoint 10.0.0.1:2379)");
  CHECK(describe({Errc::refused, "a\nb\xff\xc2\x9b", "h\x7f"}) == "a\\nb\\xff\\u{9b} (endpoint h\\x7f)");
}
