// Durations as people write them: like Go ("1m30s", "500ms", "1.5h"; units h m s ms us µs ns), or as a number of
// seconds ("10", "0.5"). Never negative. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "elect/error.h"

namespace elect {

// Errc::usage if the text is empty, negative, malformed or above about 292 years. The message quotes it.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// Formats it like Go: "1m30s", "500ms", "0s".
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace elect
