#include <algorithm>
#include <chrono>
#include <csignal>
#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/inspect/screen.h"
#include "commands/remarks.h"
#include "elect/ledger.h"
#include "elect/text.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"
#include "render/json.h"
#include "render/prometheus.h"
#include "render/runs.h"
#include "render/runs_svg.h"

namespace cli::inspect {
namespace {

int answer_of(const Options& options, const elect::RunListing& listing) {
  if (listing.runs.empty()) return kNoLeader;
  if (!options.run_id) return kDone;
  return listing.runs.front().state == elect::RunState::done ? kDone : kNotElected;
}

std::string text_of(const Context& context, Format format, const Options& options, const elect::RunListing& listing) {
  switch (format) {
    case Format::json:
      return render::json_runs(options.name, listing);
    case Format::prometheus:
      return render::prometheus_runs(options.name, listing);
    case Format::svg:
      return render::runs_svg(options.name, listing.runs, std::chrono::system_clock::now(), output_style_of(context));
    case Format::table:
      return listing.runs.empty() ? "" : render::runs_table(listing.runs, output_style_of(context));
    default:
      return render::runs_simple(listing.runs, context.options.hex);
  }
}

Outcome runs_in(Context& context, const Options& options, Format format) {
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto listing = elect::runs(*election, {.id = options.run_id, .revision = options.revision});
  if (!listing) return std::unexpected(Failure(listing.error()));
  if (auto written = write_result(text_of(context, format, options, *listing)); !written) {
    return std::unexpected(written.error());
  }
  if (listing->runs.empty()) remark_no_runs(*election, options.run_id, options.revision);
  return answer_of(options, *listing);
}

// Shows the latest runs if not all fit.
std::string page(const std::string& name, const elect::RunListing& listing, const DrawInput& input) {
  const std::span<const elect::Run> all(listing.runs);
  const auto shown = all.last(std::min(all.size(), input.room));
  std::string text = input.title(fmt::format("election '{}' at {:%H:%M:%S} UTC: {} {}, revision {}",
                                             elect::printable(name), fmt::gmtime(input.seen_at), all.size(),
                                             all.size() == 1 ? "run" : "runs", listing.header.revision)) +
                     render::runs_table(shown, input.style);
  if (shown.size() < all.size()) text += fmt::format("and {} before\n", all.size() - shown.size());
  return text;
}

}  // namespace

Outcome runs(Context& context, const Options& options) {
  const auto format =
      context.format(default_format(), {Format::simple, Format::table, Format::json, Format::prometheus, Format::svg});
  if (!format) return std::unexpected(format.error());
  auto outcome = runs_in(context, options, *format);
  return *format == Format::prometheus ? print_down_on_failure(std::move(outcome), "election", options.name) : outcome;
}

Outcome watch_runs(Context& context, const Options& options) {
  const auto format = context.format(Format::table, {Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  Screen screen(context);
  if (*format == Format::table) screen.show_outages(context.options.client);
  const Signals signals([&screen](int number) {
    if (number == SIGWINCH) screen.resize();
  });
  const Reader reader(signals.stop_token());
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());

  std::optional<Failure> failure;
  const auto show = [&](const elect::RunListing& listing) {
    const auto draw = [&options, listing](const DrawInput& input) { return page(options.name, listing, input); };
    const auto written =
        *format == Format::json ? write_result(render::json_runs(options.name, listing)) : screen.show(draw);
    if (!written) failure = written.error();
    return !failure;
  };
  const auto ended = elect::watch_runs(*election, options.run_id, show, {reader.token(), {}});
  return outcome_of_watch(signals, reader, failure, ended);
}

}  // namespace cli::inspect
