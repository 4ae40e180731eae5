// What a user at a terminal is told besides the result, see remark(). Each function does nothing if standard error is
// not a terminal, and makes at most one call. It leaves out what it cannot find out.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "elect/election.h"

namespace cli {

// Says that an election has no candidates, then `more`. Suggests an election with a similar name that has some, if
// there is one.
void remark_no_candidates(const elect::Election& election, std::string_view more = {});

// Says that it had none at a revision; 0: now.
void remark_no_candidates_at(const elect::Election& election, elect::Revision revision);

// Says that the ledger of an election has no runs, or none with this ID; at a revision, 0: now.
void remark_no_runs(const elect::Election& election, const std::optional<std::string>& id, elect::Revision revision);

// Says that a candidate was not elected, at once or within a time, and who leads.
void remark_not_elected(const elect::Election& election, std::optional<std::chrono::nanoseconds> within);

// A name or value for use in a sentence: printable, and cut to `width`.
[[nodiscard]] std::string brief(std::string_view bytes, std::size_t width = 40);

}  // namespace cli
