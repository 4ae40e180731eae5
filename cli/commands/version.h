// The version, as the subcommand and --version print it.
#pragma once

#include "exit_code.h"

namespace cli {

[[nodiscard]] Outcome print_version();

}  // namespace cli
