// A drop-in for etcdctl elect: the same arguments, output and exit codes. The lease is handled as in campaign.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "commands/answer.h"
#include "commands/standing.h"
#include "grammar/command.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"

namespace cli {
namespace {

constexpr std::chrono::seconds kTtl{60};  // The same as etcdctl's.

struct ElectOptions {
  std::optional<std::string> name;
  std::optional<std::string> proposal;
  std::optional<std::string> excess;  // One argument too many.
  bool listen = false;
};

Outcome listen(Context& context, Format format, const ElectOptions& options) {
  const Signals signals;
  const Reader reader(signals.stop_token());
  auto election = context.election(*options.name);
  if (!election) return std::unexpected(election.error());
  std::optional<Failure> failure;
  const auto print = [&](const elect::Observation& observation) {
    if (observation.type != elect::Observation::Type::elected &&
        observation.type != elect::Observation::Type::proclaimed) {
      return true;
    }
    const auto snapshot = snapshot_of(observation);
    if (auto written = write_result(as_etcdctl(context, format, snapshot)); !written) failure = written.error();
    return !failure;
  };
  const auto ended = election->observe(0, print, {reader.token(), {}});
  if (reader.is_gone()) return std::unexpected(reader_gone());
  if (failure) return std::unexpected(*failure);
  if (signals.first() != 0 || ended) return kDone;
  return std::unexpected(Failure(ended.error()));
}

Outcome stand(Context& context, Format format, const ElectOptions& options) {
  Signals signals;
  const auto opened =
      Standing::open(context, {.name = *options.name, .value = *options.proposal, .session = {.ttl = kTtl}}, signals);
  const auto cancelled = std::unexpected(Failure(kError, "context canceled"));
  if (signals.first() != 0) return cancelled;
  if (!opened) return std::unexpected(opened.error());
  const auto verdict = (*opened)->wait();
  if (signals.first() != 0) return cancelled;
  if (!verdict) return std::unexpected(Failure(verdict.error()));
  const auto expired = std::unexpected(Failure(kError, "elect: session expired"));
  if (!std::holds_alternative<elect::Candidacy::Elected>(*verdict)) return expired;

  elect::Candidacy& candidacy = (*opened)->candidacy();
  const auto snapshot = snapshot_of(candidacy.header(), candidacy.self());
  if (auto written = write_result(as_etcdctl(context, format, snapshot)); !written) {
    return std::unexpected(written.error());
  }
  const auto loss = candidacy.hold({signals.stop_token(), {}});
  if (signals.first() != 0) return kDone;
  return loss ? expired : Outcome(std::unexpected(Failure(loss.error())));
}

Outcome run_elect(Context& context, const ElectOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json, Format::protobuf});
  if (!format) return std::unexpected(format.error());
  // These are etcdctl's own messages.
  if (!options.name || options.excess) {
    return std::unexpected(
        Failure(kBadArguments, "elect takes one election name argument and an optional proposal argument"));
  }
  if (options.listen && options.proposal) {
    return std::unexpected(Failure(kBadArguments, "proposal given but -l is set"));
  }
  if (!options.listen && !options.proposal) {
    return std::unexpected(Failure(kBadArguments, "no proposal argument but -l not set"));
  }
  return options.listen ? listen(context, *format, options) : stand(context, *format, options);
}

}  // namespace

Declared declare_elect(CLI::App& app) {
  auto options = std::make_shared<ElectOptions>();
  app.add_option("NAME", options->name, "the election");
  app.add_option("PROPOSAL", options->proposal, "the candidate's value, which all others see");
  app.add_option("EXCESS", options->excess);
  app.add_flag("-l,--listen", options->listen, "print every leader as it comes (default: stand with PROPOSAL)");
  return {[options](Context& context) { return run_elect(context, *options); },
          {.description = "etcdctl elect, drop-in: the same arguments, output and exit codes, with a lease of 60 s.",
           .examples = {{"electctl elect backup me", "stand with the proposal me; lead until Ctrl-C"},
                        {"electctl elect -l backup", "print every leader as it comes"}},
           .exits = {{"0", "done"}}}};
}

}  // namespace cli
