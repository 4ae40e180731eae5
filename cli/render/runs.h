// The run ledger as people and scripts read it.
#pragma once

#include <span>
#include <string>

#include "elect/run.h"
#include "render/columns.h"

namespace cli::render {

[[nodiscard]] std::string runs_table(std::span<const elect::Run> runs, const Look& look);

// Tab-separated, one line a run: ID, state, value, fencing token, begin, seconds, exit code, reason; - for what there
// is not. Control characters are escaped, so that a tab or a line's end is always one of ours.
[[nodiscard]] std::string runs_simple(std::span<const elect::Run> runs, bool hex);

}  // namespace cli::render
