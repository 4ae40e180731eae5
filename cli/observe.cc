#include <CLI/CLI.hpp>
#include <optional>

#include "answer.h"
#include "command.h"
#include "output.h"
#include "render/json.h"
#include "signals.h"

namespace cli {
namespace {

struct ObserveOptions {
  std::string name;
  elect::Revision revision = 0;
  std::optional<std::int64_t> count;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<std::string> until;
};

class Observer {
 public:
  Observer(const Context& context, const ObserveOptions& options, Format format)
      : context_(context), options_(options), format_(format) {}

  // Prints it. False: that was the last one.
  bool take(const elect::Observation& observation) {
    const std::string line = text_of(observation);
    if (!line.empty()) {
      if (auto written = write_result(line); !written) {
        failure = written.error();
        return false;
      }
      ++seen_;
    }
    const bool leads = observation.type == elect::Observation::Type::elected ||
                       observation.type == elect::Observation::Type::proclaimed;
    done = (options_.count && seen_ >= *options_.count) ||
           (options_.until && leads && observation.leader.value == *options_.until);
    return !done;
  }

  bool done = false;
  std::optional<Failure> failure;

 private:
  [[nodiscard]] std::string text_of(const elect::Observation& observation) const {
    if (format_ == Format::json) {
      return render::json_observation(options_.name, observation, std::chrono::system_clock::now());
    }
    if (observation.type == elect::Observation::Type::gap) {
      warn("the store was compacted before all changes were seen; going on with the present leader");
      return {};
    }
    if (observation.type == elect::Observation::Type::vacant) return {};
    return as_etcdctl(context_, format_, snapshot_of(observation));
  }

  const Context& context_;
  const ObserveOptions& options_;
  const Format format_;
  std::int64_t seen_ = 0;
};

Outcome run_observe(Context& context, const ObserveOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  const Signals signals;
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  elect::Until until{signals.stop_token(), {}};
  if (options.timeout) until.deadline = elect::later(elect::BootClock::now(), *options.timeout);

  Observer observer(context, options, *format);
  const auto ended = election->observe(
      options.revision, [&observer](const elect::Observation& observation) { return observer.take(observation); },
      until);
  if (observer.failure) return std::unexpected(*observer.failure);
  if (signals.first() != 0) return kDone;  // How one ends it by hand.
  if (!ended) return std::unexpected(Failure(ended.error()));
  return observer.done ? kDone : kNotElected;
}

}  // namespace

Run declare_observe(CLI::App& app) {
  auto options = std::make_shared<ObserveOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_option("--rev", options->revision, "begin with the leader as of this revision of the store")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--count", options->count, "end after so many lines")->check(CLI::PositiveNumber);
  add_duration(app, "--timeout", options->timeout,
               "end after so long: exit 11 where --count or --until is not fulfilled");
  app.add_option("--until", options->until, "end once a leader has this value");
  return [options](Context& context) { return run_observe(context, *options); };
}

}  // namespace cli
