#include "elect/duration.h"

#include <doctest/doctest.h>

using namespace elect;
using namespace std::chrono_literals;

TEST_CASE("durations are Go's, a bare number is seconds") {
  CHECK(parse_duration("10").value() == 10s);
  CHECK(parse_duration("0.5").value() == 500ms);
  CHECK(parse_duration("0").value() == 0s);
  CHECK(parse_duration("1m30s").value() == 90s);
  CHECK(parse_duration("1h2m3s4ms5us6ns").value() == 1h + 2min + 3s + 4ms + 5us + 6ns);
  CHECK(parse_duration("1.5h").value() == 90min);
  CHECK(parse_duration("500ms").value() == 500ms);
  CHECK(parse_duration("7µs").value() == 7us);
  CHECK(parse_duration("+.5s").value() == 500ms);
}

TEST_CASE("what is no duration is refused, quoted") {
  for (const char* text : {"", "-1s", "s", ".", "1x", "1s2", "0s30", "1m30", "1 s", "99999999999h", "1s ", "ms"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == Errc::usage);
    CHECK(parsed.error().message.find(std::string("'") + text + "'") != std::string::npos);
  }
}

TEST_CASE("a duration is printed as Go prints it") {
  CHECK(format_duration(0s) == "0s");
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(1h) == "1h0m0s");
  CHECK(format_duration(1500ms) == "1.5s");
  CHECK(format_duration(500ms) == "500ms");
  CHECK(format_duration(1500us) == "1.5ms");
  CHECK(format_duration(7us) == "7µs");
  CHECK(format_duration(6ns) == "6ns");
}
