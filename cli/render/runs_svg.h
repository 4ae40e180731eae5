// Draws the runs of the ledger as a picture: a row for each run; from left to right the time, by the hosts' clocks. A
// run's state has a colour, a shape and a word.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "elect/run.h"
#include "render/columns.h"
#include "render/svg.h"

namespace cli::render {

// Draws only the newest runs, and says how many are left out. What still runs is drawn until `now`.
[[nodiscard]] std::string runs_svg(const std::string& election, std::span<const elect::Run> runs, elect::WallTime now,
                                   const OutputStyle& output);

// For other pictures that show runs.
void draw_run(Picture& picture, const elect::Run& run, const Box& box, const OutputStyle& output);
constexpr double kSign = 14;  // How wide and high a state's sign is.
void draw_sign(Picture& picture, elect::RunState state, double x, double y);
// The signs and names of all states. Returns the y below.
[[nodiscard]] double runs_legend(Picture& picture, double y);
// "20 runs: 18 done, 2 failed."
[[nodiscard]] std::string count_of(std::span<const elect::Run> runs);

}  // namespace cli::render
