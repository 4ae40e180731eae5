#include "render/runs.h"

#include <fmt/format.h>

#include "elect/duration.h"
#include "render/simple.h"

namespace cli::render {
namespace {

constexpr std::string_view kNone = "-";

std::string or_none(std::string text) { return text.empty() ? std::string(kNone) : std::move(text); }

std::string began_of(const elect::Run& run) { return run.began ? elect::format_time(*run.began) : std::string(kNone); }

std::string code_of(const elect::Run& run) {
  return run.end && run.end->exit_code ? fmt::to_string(*run.end->exit_code) : std::string(kNone);
}

std::string token_of(const elect::Run& run) { return run.token > 0 ? fmt::to_string(run.token) : std::string(kNone); }

// By the clock of the host that ran it. nullopt: the run is not over.
std::optional<std::chrono::milliseconds> length_of(const elect::Run& run) {
  if (!run.began || !run.end) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(run.end->at - *run.began);
}

}  // namespace

std::string runs_table(std::span<const elect::Run> runs, const OutputStyle& output) {
  const SimpleStyle bytes{.hex = output.hex, .escape = true};
  Columns table{.heads = {"ID", "STATE", "VALUE", "TOKEN", "BEGAN", "TOOK", "EXIT", "REASON"},
                .rows = {},
                .hidden = {},
                .left_out = {3, 5},
                .shortened = {2, 0},
                .prose = 7,
                .marked = {}};
  for (const auto& run : runs) {
    if (run.state == elect::RunState::running) table.marked = table.rows.size();
    const auto length = length_of(run);
    std::string began = began_of(run);
    if (run.began) began.replace(began.find('.'), std::string::npos, "Z");  // Without milliseconds.
    table.rows.push_back({shown(run.id, bytes), std::string(name_of(run.state)), shown(run.value, bytes), token_of(run),
                          std::move(began), length ? elect::format_duration(*length) : std::string(kNone), code_of(run),
                          run.end ? shown(run.end->reason, {.escape = true}) : std::string()});
  }
  return columns(table, output);
}

std::string runs_simple(std::span<const elect::Run> runs, bool hex) {
  const SimpleStyle bytes{.hex = hex, .escape = true};
  std::string text;
  for (const auto& run : runs) {
    const auto length = length_of(run);
    const std::string seconds =
        length ? fmt::format("{:.3f}", std::chrono::duration<double>(*length).count()) : std::string(kNone);
    const std::string reason = run.end ? shown(run.end->reason, {.escape = true}) : std::string();
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", or_none(shown(run.id, bytes)), name_of(run.state),
                        or_none(shown(run.value, bytes)), token_of(run), began_of(run), seconds, code_of(run),
                        or_none(reason));
  }
  return text;
}

}  // namespace cli::render
