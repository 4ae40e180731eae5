// The value that a candidate stands with.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "exit_code.h"

namespace cli {

// "-": all of standard input, whatever bytes. Nothing: the host's name. Otherwise the text itself.
[[nodiscard]] std::expected<std::string, Failure> proposal_of(const std::optional<std::string>& text);

// The host's name, which candidates of this host stand with by default; empty where it is not known.
[[nodiscard]] std::string this_host();

}  // namespace cli
