#include <CLI/CLI.hpp>
#include <csignal>
#include <optional>

#include <fmt/format.h>

#include "answer.h"
#include "command.h"
#include "output.h"
#include "proposal.h"
#include "standing.h"

namespace cli {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

struct CampaignOptions {
  std::string name;
  std::optional<std::string> value;
  nanoseconds ttl = seconds(10);
  elect::LeaseId lease = 0;
  bool try_once = false;
  std::optional<nanoseconds> wait;
  int conflict_exit_code = kNotElected;
};

Failure lost(const elect::Loss& loss, std::string_view what) {
  return {kLost, fmt::format("{} was lost: {}", what, loss.message)};
}

// Leads without a CMD: says so, and holds until a signal or a loss.
Outcome hold(const Context& context, Format format, Standing& standing, const Signals& signals) {
  elect::Candidacy& candidacy = standing.candidacy();
  const std::string text = as_candidate(context, format, snapshot_of(candidacy.header(), candidacy.self()));
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  const auto loss = candidacy.hold({signals.stop_token(), {}});
  if (loss && *loss) return std::unexpected(lost(**loss, "leadership"));
  if (!loss && loss.error().code != elect::Errc::interrupted) return std::unexpected(Failure(loss.error()));
  return signals.first() == SIGHUP ? kBySignal + SIGHUP : kDone;
}

Outcome run_campaign(Context& context, const CampaignOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  auto value = proposal_of(options.value);
  if (!value) return std::unexpected(value.error());
  Signals signals;
  const auto opened = Standing::open(context,
                                     {.name = options.name,
                                      .value = *std::move(value),
                                      .session = {.ttl = std::chrono::duration_cast<seconds>(options.ttl),
                                                  .lease = options.lease,
                                                  .on_renewed = {}},
                                      .try_once = options.try_once,
                                      .wait = options.wait},
                                     signals);
  if (signals.first() != 0) return kBySignal + signals.first();
  if (!opened) return std::unexpected(opened.error());
  Standing& standing = **opened;

  const auto verdict = standing.wait();
  if (signals.first() != 0) return kBySignal + signals.first();
  if (!verdict) return std::unexpected(Failure(verdict.error()));
  if (const auto* loss = std::get_if<elect::Loss>(&*verdict)) return std::unexpected(lost(*loss, "the place in the queue"));
  if (std::holds_alternative<elect::Candidacy::Beaten>(*verdict)) return options.conflict_exit_code;
  return hold(context, *format, standing, signals);
}

}  // namespace

Run declare_campaign(CLI::App& app) {
  auto options = std::make_shared<CampaignOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_option("VALUE", options->value, "what to stand with; - reads standard input; default: the host's name");
  auto* ttl = add_duration(app, "--ttl", options->ttl, "the lease's time to live, in whole seconds")->default_str("10s");
  auto* lease = add_lease(app, "--lease", options->lease, "stand under this lease (hex); it is never revoked");
  auto* try_once = app.add_flag("--try", options->try_once, "not first in the queue at once: withdraw, exit 11");
  auto* wait = add_duration(app, "--wait", options->wait, "not elected within this time: withdraw, exit 11");
  app.add_option("-E,--conflict-exit-code", options->conflict_exit_code, "N in place of 11")->check(CLI::Range(0, 255));
  try_once->excludes(wait);
  lease->excludes(ttl);
  app.final_callback([options] {
    if (options->ttl < seconds(1) || options->ttl % seconds(1) != nanoseconds(0)) {
      throw CLI::ValidationError("--ttl", "leases live for whole seconds, at least 1s");
    }
  });
  return [options](Context& context) { return run_campaign(context, *options); };
}

}  // namespace cli
