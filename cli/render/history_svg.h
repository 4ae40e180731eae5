// Draws the terms of an election as a picture: a row for each value that leads or waits; from left to right the
// revisions that changed something, as in the timeline. The runs of the ledger are below the terms that claimed them.
#pragma once

#include <string>

#include "elect/history.h"
#include "render/columns.h"
#include "render/listed.h"

namespace cli::render {

// Draws only the newest terms and runs, as many as can be told apart, and says how many are left out. With nullopt it
// says nothing about runs.
[[nodiscard]] std::string history_svg(const std::string& election, const elect::History& history, const Runs& runs,
                                      const OutputStyle& output);

}  // namespace cli::render
