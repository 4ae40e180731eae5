// What somebody at a terminal is told beside the result: see remark(). Each does nothing where standard error is no
// terminal, and asks etcd for no more than one call. What cannot be found out is not said.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "elect/election.h"

namespace cli {

// That an election has no candidates, followed by `more`, and which election of a similar name has some, if one does.
void remark_no_candidates(const elect::Election& election, std::string_view more = {});

// That it had none as of a revision.
void remark_no_candidates_at(const elect::Election& election, elect::Revision revision);

// That a candidate was not elected, at once or within a time, and who leads.
void remark_not_elected(const elect::Election& election, std::optional<std::chrono::nanoseconds> within);

// A name or value within a sentence: printable, and not longer than a sentence bears.
[[nodiscard]] std::string brief(std::string_view bytes, std::size_t width = 40);

}  // namespace cli
