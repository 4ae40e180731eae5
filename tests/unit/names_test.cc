#include "elect/names.h"

#include <doctest/doctest.h>

using namespace elect;

TEST_CASE("an election's prefix is its name and a slash, also where the name ends in one") {
  CHECK(prefix_of("job") == "job/");
  CHECK(prefix_of("/my-election/") == "/my-election//");
}

TEST_CASE("the range of a prefix ends before the first key that does not begin with it") {
  CHECK(range_end_of("job/") == "job0");
  CHECK(range_end_of("a\xff") == "b");
  CHECK(range_end_of("a\xff\xff") == "b");
  CHECK(range_end_of("\xff\xff") == std::string(1, '\0'));
}

TEST_CASE("a candidate's key ends in its lease, lower-case hex without padding") {
  CHECK(key_of("job", 0x2040a1fbcf51f010) == "job/2040a1fbcf51f010");
  CHECK(key_of("job", 0xA) == "job/a");
  CHECK(hex_of(-5) == "-5");
}

TEST_CASE("a lease's ID is read back from what it is printed as") {
  for (const LeaseId lease : {LeaseId{1}, LeaseId{0x7fffffffffffffff}, LeaseId{-1}, LeaseId{0xABC}}) {
    CHECK(parse_lease(hex_of(lease)).value() == lease);
  }
  CHECK(parse_lease("ABC").value() == 0xabc);
}

TEST_CASE("what is no lease ID is refused with the reason") {
  for (const char* text : {"", "0", "x", "12 ", "-", "+1", "0x1", "ffffffffffffffff"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_lease(text).has_value());
    CHECK(parse_lease(text).error().code == Errc::usage);
  }
}
