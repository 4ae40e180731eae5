#include "elect/duration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"

namespace elect {
namespace {

using std::chrono::nanoseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kUnits = {{{"ns", 1},
                                                                              {"us", 1'000},
                                                                              {"µs", 1'000},  // U+00B5
                                                                              {"μs", 1'000},  // U+03BC
                                                                              {"ms", 1'000'000},
                                                                              {"s", 1'000'000'000},
                                                                              {"m", 60'000'000'000},
                                                                              {"h", 3'600'000'000'000}}};
constexpr std::int64_t kSecond = 1'000'000'000;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// Digits and at most one point, removed from the front of the text.
struct Number {
  std::string_view whole;
  std::string_view fraction;
};

Number take_number(std::string_view& text) {
  const auto digits = [&text] {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    const auto taken = text.substr(0, count);
    text.remove_prefix(count);
    return taken;
  };
  Number number{digits(), {}};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    number.fraction = digits();
  }
  return number;
}

// False on overflow. The fraction is computed in floating point like in Go, so 0.3333333333333333333h are 20m here,
// too.
bool add_scaled(std::int64_t& total, const Number& number, std::int64_t unit) {
  std::int64_t value = 0;
  for (const char digit : number.whole) {
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit - '0', &value)) return false;
  }
  if (__builtin_mul_overflow(value, unit, &value)) return false;
  std::int64_t fraction = 0;
  double scale = 1;
  for (const char digit : number.fraction) {
    std::int64_t longer = 0;
    // Ignore further digits: they no longer matter.
    if (__builtin_mul_overflow(fraction, 10, &longer) || __builtin_add_overflow(longer, digit - '0', &longer)) break;
    fraction = longer;
    scale *= 10;
  }
  const auto part = static_cast<std::int64_t>(static_cast<double>(fraction) * (static_cast<double>(unit) / scale));
  return !__builtin_add_overflow(value, part, &value) && !__builtin_add_overflow(total, value, &total);
}

std::string format_positive(std::uint64_t count) {
  const auto trimmed = [](std::uint64_t value, std::uint64_t unit, std::string_view name) {
    std::string digits = fmt::format("{}", value / unit);
    std::uint64_t rest = value % unit;
    if (rest != 0) {
      digits += '.';
      while (rest != 0) {
        unit /= 10;
        digits += static_cast<char>('0' + rest / unit);
        rest %= unit;
      }
    }
    return digits + std::string(name);
  };
  if (count < 1'000) return trimmed(count, 1, "ns");
  if (count < 1'000'000) return trimmed(count, 1'000, "µs");
  if (count < kSecond) return trimmed(count, 1'000'000, "ms");
  const std::uint64_t hours = count / (3600 * kSecond);
  const std::uint64_t minutes = count / (60 * kSecond) % 60;
  std::string text;
  if (hours > 0) text += fmt::format("{}h", hours);
  if (hours > 0 || minutes > 0) text += fmt::format("{}m", minutes);
  return text + trimmed(count % (60 * kSecond), kSecond, "s");
}

}  // namespace

Result<nanoseconds> parse_duration(std::string_view text) {
  const auto refuse = [whole = text](std::string_view why) {
    return fail(Errc::usage, fmt::format("invalid duration '{}'{}: write 10, 1m30s or 500ms", printable(whole), why));
  };
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('-')) return refuse(" (it is negative)");
  if (text.empty()) return refuse("");
  std::int64_t total = 0;
  bool first = true;
  while (!text.empty()) {
    const Number number = take_number(text);
    if (number.whole.empty() && number.fraction.empty()) return refuse("");
    const auto unit_size = std::min(text.find_first_of(".0123456789"), text.size());
    const auto unit_name = text.substr(0, unit_size);
    text.remove_prefix(unit_size);
    std::int64_t unit = unit_name.empty() && text.empty() && first ? kSecond : 0;
    first = false;
    for (const auto& [name, size] : kUnits) {
      if (name == unit_name) unit = size;
    }
    if (unit == 0) return refuse("");
    if (!add_scaled(total, number, unit)) return refuse(" (it is too long)");
  }
  return nanoseconds(total);
}

std::string format_duration(nanoseconds duration) {
  if (duration == nanoseconds(0)) return "0s";
  // Unsigned: the smallest negative number has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(duration.count());
  if (duration < nanoseconds(0)) return "-" + format_positive(0 - bits);
  return format_positive(bits);
}

}  // namespace elect
