// The terms of an election as people read them: a table, and a timeline with one row a candidate.
#pragma once

#include <string>

#include "elect/history.h"
#include "render/columns.h"
#include "render/listed.h"

namespace cli::render {

[[nodiscard]] std::string terms_table(const elect::History& history, const OutputStyle& output);

// Leading and waiting are drawn differently. From left to right each step is a revision at which a candidate appeared,
// became leader or was gone, or a run began or ended. Other revisions of the store are left out. If there are more
// steps than columns, the newest are drawn. Draws at most output.height candidates: those of the newest terms, then the
// head of the queue. Below a candidate are the runs that it claimed, with a letter for each state.
[[nodiscard]] std::string timeline(const elect::History& history, const OutputStyle& output, const Runs& runs = {});

}  // namespace cli::render
