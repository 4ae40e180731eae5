// What somebody who mistyped a word may have meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

// The word of those that is most like `typed`; nothing where none is like it.
[[nodiscard]] std::optional<std::string> suggestion(std::string_view typed, std::span<const std::string> words);

}  // namespace cli
