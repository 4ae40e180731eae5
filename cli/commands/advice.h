// Advice for a CMD that was not written as electctl wants it. Each can be copied into a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/command.h"

namespace cli {

// This command line with "-- VALUE" at its end: VALUE was meant as CMD. Passwords and tokens are left out.
[[nodiscard]] std::string with_value_as_cmd(const Context& context, std::string_view value);

// For a CMD that was not found: how to have a shell run it, if it is one word with blanks. Otherwise empty.
[[nodiscard]] std::string shell_for(const std::vector<std::string>& argv);

}  // namespace cli
