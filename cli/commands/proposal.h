// The value that a candidate stands with.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "exit_code.h"

namespace cli {

// "-": all bytes of standard input. nullopt: the host's name. Otherwise the text itself.
[[nodiscard]] std::expected<std::string, Failure> proposal_of(const std::optional<std::string>& text);

// The host's name: the default value of a candidate. Empty: not known.
[[nodiscard]] std::string this_host();

}  // namespace cli
