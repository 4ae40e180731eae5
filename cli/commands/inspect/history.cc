#include "elect/history.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/remarks.h"
#include "elect/ledger.h"
#include "elect/text.h"
#include "output.h"
#include "render/history.h"
#include "render/history_svg.h"
#include "render/json.h"
#include "render/runs.h"

namespace cli::inspect {
namespace {

constexpr int kMostDrawn = 40;  // A timeline with more candidates cannot be read.
constexpr int kFewestDrawn = 8;
constexpr int kBesideThem = 8;  // Lines for the axis, the text below it, and the prompt.

std::string table_of(const Context& context, const std::string& name, const elect::History& history,
                     const render::Runs& runs) {
  auto output = output_style_of(context);
  const auto terms = history.chronicle.terms().size();
  std::string text = fmt::format("election '{}': {} {}; the store reaches back to revision {}, and is at {}\n\n",
                                 elect::printable(name), terms, terms == 1 ? "term" : "terms", history.oldest_revision,
                                 history.header.revision);
  text += render::terms_table(history, output);
  if (runs && !runs->empty()) text += "\n" + render::runs_table(*runs, output);
  if (is_terminal(STDOUT_FILENO)) {
    output.height = std::clamp(output.height - kBesideThem, kFewestDrawn, kMostDrawn);
    text += "\n" + render::timeline(history, output, runs);
  }
  return text;
}

std::string text_of(const Context& context, Format format, const std::string& name, const elect::History& history,
                    const render::Runs& runs) {
  if (format == Format::json) return render::json_history(name, history, runs);
  if (format == Format::svg) return render::history_svg(name, history, runs, output_style_of(context));
  if (format == Format::table) return table_of(context, name, history, runs);
  warn(fmt::format("the store reaches back to revision {}", history.oldest_revision));
  std::string text;
  for (const auto& term : history.chronicle.terms()) text += render::simple(term.leader, simple_style(context));
  return text;
}

}  // namespace

Outcome history(Context& context, const Options& options) {
  // Not simple with --runs: lines of terms and lines of runs would look the same.
  const auto format = options.runs
                          ? context.format(Format::table, {Format::table, Format::json, Format::svg})
                          : context.format(Format::table, {Format::simple, Format::table, Format::json, Format::svg});
  if (!format) return std::unexpected(format.error());
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto history = elect::read_history(*election, options.from);
  if (!history) return std::unexpected(Failure(history.error()));
  std::vector<elect::Run> found;
  render::Runs runs;
  if (options.runs) {
    auto listing = elect::runs(*election, {.revision = history->header.revision});
    if (!listing) return std::unexpected(Failure(listing.error()));
    found = std::move(listing->runs);
    runs = found;
  }
  if (auto written = write_result(text_of(context, *format, options.name, *history, runs)); !written) {
    return std::unexpected(written.error());
  }
  if (!history->chronicle.terms().empty()) return kDone;
  const auto since = std::max(options.from, history->oldest_revision);
  remark_no_candidates(*election, fmt::format(" since revision {}", since));
  return kNoLeader;
}

}  // namespace cli::inspect
