#include "elect/duration.h"

#include <doctest/doctest.h>

#include <random>

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

TEST_CASE("fractions are rounded as Go rounds them") {
  CHECK(parse_duration("0.3333333333333333333h").value() == 20min);
  CHECK(parse_duration("0.100000000000000000000h").value() == 6min);
  CHECK(parse_duration("0.830103483285477580700h").value() == 49min + 48s + 372539827ns);
  CHECK(parse_duration("0.0000000019").value() == 1ns);
}

TEST_CASE("the longest duration is the most that 63 bits of nanoseconds hold") {
  const auto longest = std::chrono::nanoseconds::max();
  for (const char* text : {"9223372036854775807ns", "9223372036854775.807us", "9223372036.854775807",
                           "9223372036s854ms775us807ns", "2562047h47m16.854775807s"}) {
    CAPTURE(text);
    CHECK(parse_duration(text).value() == longest);
  }
  for (const char* text :
       {"9223372036854775808ns", "9223372036854775.808us", "9223372037", "2562048h", "9223372036854775807ns1ns"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("what is no duration is refused, quoted") {
  for (const char* text : {"",    "-1s", "s", ".",    "1x", "1s2", "0s30",  "1m30", "1 s",  "99999999999h",
                           "1s ", "ms",  "+", "+-1s", "-0", ".s",  "1.2.3", "1e3",  "0x10", "inf"}) {
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
  CHECK(format_duration(-1500ms) == "-1.5s");
  CHECK(format_duration(std::chrono::nanoseconds::max()) == "2562047h47m16.854775807s");
  CHECK(format_duration(std::chrono::nanoseconds::min()) == "-2562047h47m16.854775808s");
}

TEST_CASE("property: what was printed is read back, and no bytes do harm") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 500; ++i) {
      // Whole microseconds below three years. Beyond 53 bits fractions are rounded, as in Go.
      const std::chrono::microseconds duration(random() % 90'000'000'000'000U >> random() % 40);
      CAPTURE(format_duration(duration));
      REQUIRE(parse_duration(format_duration(duration)).value() == duration);
      std::string bytes;
      for (auto length = random() % 12; length > 0; --length) {
        static constexpr std::string_view kLikely = "0123456789999.+-hmsunµ \n\xff";
        bytes += random() % 8 == 0 ? static_cast<char>(random() % 256) : kLikely[random() % kLikely.size()];
      }
      const auto parsed = parse_duration(bytes);
      REQUIRE((parsed ? *parsed >= 0ns : parsed.error().code == Errc::usage));
    }
  }
}
