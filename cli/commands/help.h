// The help page, as --help and the subcommand help print it.
#pragma once

#include <string_view>

#include "exit_code.h"

namespace cli {

struct Grammar;

// The page of a subcommand; of the program if the name is empty.
[[nodiscard]] Outcome print_help(const Grammar& grammar, std::string_view subcommand);

}  // namespace cli
