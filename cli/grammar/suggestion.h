// Suggests a word for a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cli {

// The word among `words` that is most like `typed`. nullopt: none is like it.
[[nodiscard]] std::optional<std::string> suggestion(std::string_view typed, std::span<const std::string> words);

// The same for a message: " (did you mean WORD?)". Empty: none is like it.
[[nodiscard]] std::string did_you_mean(std::string_view typed, std::span<const std::string> words);

}  // namespace cli
