// Suggests a word for a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

// The word among `words` that is most like `typed`. nullopt: none is like it.
[[nodiscard]] std::optional<std::string> suggestion(std::string_view typed, std::span<const std::string> words);

}  // namespace cli
