#include "elect/history.h"

#include <unistd.h>

#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "elect/text.h"
#include "output.h"
#include "render/history.h"
#include "render/json.h"

namespace cli::inspect {
namespace {

constexpr int kMostDrawn = 40;  // More candidates than that are no picture any more.

std::string drawn(const Context& context, const std::string& name, const elect::History& history) {
  auto look = look_of(context);
  const auto terms = history.chronicle.terms().size();
  std::string text = fmt::format("election '{}': {} {}; the store reaches back to revision {}, and is at {}\n\n",
                                 elect::printable(name), terms, terms == 1 ? "term" : "terms", history.oldest_revision,
                                 history.header.revision);
  text += render::terms_table(history, look);
  if (is_terminal(STDOUT_FILENO)) {
    look.height = kMostDrawn;
    text += "\n" + render::timeline(history, look);
  }
  return text;
}

std::string text_of(const Context& context, Format format, const std::string& name, const elect::History& history) {
  if (format == Format::json) return render::json_history(name, history);
  if (format == Format::table) return drawn(context, name, history);
  warn(fmt::format("the store reaches back to revision {}", history.oldest_revision));
  std::string text;
  for (const auto& term : history.chronicle.terms()) text += render::simple(term.leader, simple_style(context));
  return text;
}

}  // namespace

Outcome history(Context& context, const Options& options) {
  const auto format = context.format(Format::table, {Format::simple, Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto history = elect::read_history(*election, options.from);
  if (!history) return std::unexpected(Failure(history.error()));
  if (auto written = write_result(text_of(context, *format, options.name, *history)); !written) {
    return std::unexpected(written.error());
  }
  return history->chronicle.terms().empty() ? kNoLeader : kDone;
}

}  // namespace cli::inspect
