// The run ledger, for people and for scripts.
#pragma once

#include <span>
#include <string>

#include "elect/run.h"
#include "render/columns.h"

namespace cli::render {

[[nodiscard]] std::string runs_table(std::span<const elect::Run> runs, const OutputStyle& output);

// One line for each run, separated by tabs: ID, state, value, fencing token, begin, seconds, exit code, reason. "-"
// means none. Control characters are escaped. So every tab and every line end is ours.
[[nodiscard]] std::string runs_simple(std::span<const elect::Run> runs, bool hex);

}  // namespace cli::render
