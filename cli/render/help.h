// A page of the manual as --help prints it, and as man(1) reads it.
#pragma once

#include <string>
#include <vector>

#include "manual.h"

namespace cli::render {

// Wrapped to 80 columns.
[[nodiscard]] std::string help(const Page& page);

// In the man macros of roff. `also`: the names of the other pages.
[[nodiscard]] std::string man(const Page& page, const std::string& version, const std::vector<std::string>& also);

}  // namespace cli::render
