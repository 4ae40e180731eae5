#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/remarks.h"
#include "elect/duration.h"
#include "elect/text.h"
#include "grammar/command.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"

namespace cli {
namespace {

struct LeaderOptions {
  std::string name;
  std::optional<std::string> is;
  bool waits = false;
  std::optional<std::chrono::nanoseconds> wait;
  elect::Revision revision = 0;
  std::string consistency = "l";
  bool value_only = false;
  bool keys_only = false;
};

Outcome answer(const Context& context, elect::Client& client, const LeaderOptions& options, Format format,
               const elect::Snapshot& snapshot) {
  if (options.is) return snapshot.candidates.front().value == *options.is ? kDone : kNotElected;
  std::string text;
  if (format == Format::simple) {
    auto style = simple_style(context);
    style.keys_only = options.keys_only;
    style.values_only = options.value_only;
    text = render::simple(snapshot.candidates, style);
  } else {
    // With --consistency s no lease is asked for: one member alone does not know its time.
    const auto lease =
        options.consistency == "s" ? std::nullopt : lease_shown(client, format, snapshot.candidates.front());
    text = as_candidate(context, format, snapshot, {.rank = 1, .lease = lease});
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  return kDone;
}

// Waits until somebody leads, or until the deadline.
elect::Result<void> wait_for_leader(elect::Election& election, const elect::Until& until) {
  const auto nobody = [](const elect::Observation& observation) {
    return observation.type == elect::Observation::Type::vacant;
  };
  return election.observe(0, nobody, until);
}

Outcome run_leader(Context& context, const LeaderOptions& options) {
  // --is prints nothing.
  const auto format =
      options.is ? Format::simple : context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  if (*format != Format::simple && (options.value_only || options.keys_only)) {
    return bad_arguments("--print-value-only and --keys-only are of use only with -w simple");
  }
  std::optional<Signals> signals;
  std::optional<Reader> reader;
  if (options.waits) {
    signals.emplace();
    if (!options.is) reader.emplace(signals->stop_token());
  }
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  elect::Until until;
  if (signals) until.stop = reader ? reader->token() : signals->stop_token();
  if (options.wait) until.deadline = elect::saturating_add(elect::BootClock::now(), *options.wait);
  for (bool remarked = options.is.has_value();; remarked = true) {
    // Each read may take command_timeout, even past the deadline of --wait. Only an answer of etcd shows that there is
    // no leader.
    const auto snapshot = election->candidates(
        {.revision = options.revision, .limit = 1, .serializable = options.consistency == "s"}, {until.stop, {}});
    if (signals && signals->first() != 0) return kBySignal + signals->first();
    if (reader && reader->is_gone()) return std::unexpected(reader_gone());
    if (!snapshot) return std::unexpected(Failure(snapshot.error()));
    if (!snapshot->candidates.empty()) return answer(context, election->client(), options, *format, *snapshot);
    const bool goes_on = options.waits && !(until.deadline && elect::BootClock::now() >= *until.deadline);
    if (!remarked && goes_on) remark_no_candidates(*election, "; waiting for one");
    if (!remarked && !goes_on) remark_no_candidates_at(*election, options.revision);
    if (!goes_on) return kNoLeader;
    const auto waited = wait_for_leader(*election, until);
    if (!waited && waited.error().code != elect::Errc::interrupted) return std::unexpected(Failure(waited.error()));
  }
}

// --wait may have no value. Its text is then empty.
void parse_wait_option(LeaderOptions& options, const std::string& text) {
  options.waits = true;
  if (text.empty()) return;
  const auto duration = elect::parse_duration(text);
  if (!duration) throw CLI::ValidationError("--wait", duration.error().message);
  options.wait = *duration;
}

}  // namespace

Declared declare_leader(CLI::App& app) {
  auto options = std::make_shared<LeaderOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  auto* is = app.add_option("--is", options->is,
                            "print nothing, and exit 0 if VALUE leads, 11 if another leads, 10 if nobody leads "
                            "(default: print the leader)")
                 ->type_name("VALUE");
  auto* wait = app.add_option_function<std::string>(
                      "--wait", [options](const std::string& text) { parse_wait_option(*options, text); },
                      "wait until somebody leads; after DURATION, if given, exit 10; without --wait: answer at once")
                   ->expected(0, 1)
                   ->type_name("[DURATION]");
  app.add_option("--rev", options->revision, "as of this revision of the store (default: now)")
      ->check(at_least(0))
      ->excludes(wait)
      ->type_name("N");
  app.add_option("--consistency", options->consistency,
                 "l: what the majority agreed on; s: what one member knows, perhaps out of date")
      ->check([](const std::string& text) {
        return text == "l" || text == "s"
                   ? std::string()
                   : fmt::format("invalid consistency '{}': choose l or s", elect::printable(text));
      })
      ->type_name("l|s")
      ->default_str("l");
  auto* value_only =
      app.add_flag("--print-value-only", options->value_only, "print only the value (default: key and value)");
  auto* keys_only =
      app.add_flag("--keys-only", options->keys_only, "print only the key, as etcdctl does (default: key and value)");
  value_only->excludes(keys_only);
  is->excludes(value_only)->excludes(keys_only);
  return {[options](Context& context) { return run_leader(context, *options); },
          {.description = "Prints the leader's key and value, each on a line, as etcdctl get NAME/ --prefix "
                          "--sort-by=CREATE --order=ASCEND --limit=1 does.",
           .examples = {{"electctl leader backup --print-value-only", "who leads, for a script"},
                        {"electctl leader backup --is \"$(hostname)\" && echo here",
                         "do something only where this host leads"}},
           .exits = {{"0", "somebody leads; --is: VALUE leads"},
                     {"10", "nobody leads"},
                     {"11", "--is: another leads"},
                     {"128+N", "with --wait: ended by signal N"}}}};
}

}  // namespace cli
