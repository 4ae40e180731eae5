#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "commands/advice.h"
#include "commands/answer.h"
#include "commands/remarks.h"
#include "elect/survey.h"
#include "grammar/command.h"
#include "output.h"
#include "process/environment.h"
#include "process/event_command.h"
#include "process/init.h"
#include "process/signals.h"
#include "reader.h"
#include "render/json.h"

namespace cli {
namespace {

using Type = elect::Observation::Type;

struct ObserveOptions {
  std::string name;
  bool prefix = false;
  elect::Revision revision = 0;
  std::optional<std::int64_t> count;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<std::string> until;
  std::optional<std::string> is;
  std::chrono::nanoseconds kill_after = std::chrono::seconds(1);
  CLI::Option* kill_after_option = nullptr;
};

// Handles each observation: prints a line, runs CMD, or does nothing.
class Observer {
 public:
  Observer(const Context& context, const ObserveOptions& options, Format format, EventCommand* event_command)
      : context_(context), options_(options), format_(format), event_command_(event_command) {}

  // False: this was the last one.
  bool handle(const elect::Observation& observation) {
    const bool leads = observation.type == Type::elected || observation.type == Type::proclaimed;
    const bool is_reported =
        options_.is ? answer_changed(observation) : observation.type != Type::vacant || was_led(observation);
    if (is_reported && !report(observation)) return false;
    done = (options_.count && reported_count_ >= *options_.count) ||
           (options_.until && leads && observation.leader.value == *options_.until);
    return !done;
  }

  bool done = false;
  std::optional<Outcome> ended;  // Set if a failure, or the exit code of CMD, ended it early.

 private:
  // False for the first observation of an election without a leader.
  static bool was_led(const elect::Observation& observation) { return !observation.leader.key.empty(); }

  [[nodiscard]] bool is_leader(const std::string& election) const {
    const auto known = last_answers_.find(election);
    return known != last_answers_.end() && known->second;
  }

  // Whether the answer to "does VALUE lead?" has changed. The first answer counts as a change. With --prefix a first
  // answer "no" does not.
  bool answer_changed(const elect::Observation& observation) {
    if (observation.type == Type::gap) return true;
    const bool leads = observation.type != Type::vacant && observation.leader.value == *options_.is;
    const auto [known, first] = last_answers_.try_emplace(observation.election, leads);
    const bool before = std::exchange(known->second, leads);
    if (options_.prefix && !leads) last_answers_.erase(known);
    return first ? leads || !options_.prefix : before != leads;
  }

  [[nodiscard]] std::string_view role(const elect::Observation& observation) const {
    if (!options_.is || (options_.prefix && observation.type == Type::gap)) return {};
    return is_leader(observation.election) ? "leader" : "follower";
  }

  bool report(const elect::Observation& observation) {
    if (event_command_ != nullptr) {
      ++reported_count_;
      auto variables = variables_of(context_.options.client, observation.election, observation.leader);
      variables.push_back(fmt::format("ELECTCTL_EVENT={}", render::name_of(observation.type)));
      if (options_.is) variables.push_back(fmt::format("ELECTCTL_ROLE={}", role(observation)));
      auto outcome = event_command_->run(variables);
      if (event_command_->end_called()) return false;
      if (outcome && *outcome == 0) return true;
      if (!outcome && outcome.error().code == kNotFound) outcome.error().message += shell_for(context_.argv);
      ended = std::move(outcome);
      return false;
    }
    const std::string line = text_of(observation);
    if (line.empty()) return true;
    ++reported_count_;
    if (auto written = write_result(line); !written) {
      ended = std::unexpected(written.error());
      return false;
    }
    return true;
  }

  [[nodiscard]] std::string text_of(const elect::Observation& observation) const {
    if (format_ == Format::json) {
      return render::json_observation(observation, role(observation), std::chrono::system_clock::now());
    }
    if (observation.type == Type::gap) {
      warn(
          "changes are missing: the store was compacted before they were seen, or restored from a snapshot; later "
          "changes follow");
      return {};
    }
    if (options_.is && format_ == Format::simple) {
      const std::string which =
          options_.prefix ? " " + render::shown(observation.election, simple_style(context_)) : "";
      return fmt::format("{}{}\n", role(observation), which);
    }
    if (observation.type == Type::vacant) return {};
    return as_etcdctl(context_, format_, snapshot_of(observation));
  }

  const Context& context_;
  const ObserveOptions& options_;
  const Format format_;
  EventCommand* const event_command_;
  std::map<std::string, bool> last_answers_;  // By election: the last answer. With --prefix only the answers "yes".
  std::int64_t reported_count_ = 0;
};

// Whether this process is in the terminal's foreground. Then the terminal sends a typed SIGINT to CMD, too.
bool is_in_foreground() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  const bool is = ::tcgetpgrp(terminal) == ::getpgrp();
  ::close(terminal);
  return is;
}

// At the deadline asks CMD to end, and kills it if it does not: --timeout includes the time of CMD.
std::jthread end_at(elect::BootTime deadline, std::chrono::nanoseconds kill_after, EventCommand& event_command) {
  return std::jthread([deadline, kill_after, &event_command](const std::stop_token& stop) {
    elect::pause_for(deadline - elect::BootClock::now(), stop);
    if (stop.stop_requested()) return;
    event_command.end();
    elect::pause_for(kill_after, stop);
    if (!stop.stop_requested()) event_command.signal(SIGKILL);
  });
}

Outcome run_observe(Context& context, const ObserveOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  if (!context.argv.empty() && context.options.format_is_typed) {
    return bad_arguments("give --write-out or a CMD, not both: CMD runs in place of each line");
  }
  if (options.kill_after_option->count() > 0 && context.argv.empty()) {
    return bad_arguments("--kill-after is of use only with a CMD: add -- CMD");
  }
  std::optional<EventCommand> event_command;
  if (!context.argv.empty()) {
    if (auto begun = become_init(); !begun) return std::unexpected(begun.error());
    event_command.emplace(context.argv);
  }
  const Signals signals([&event_command](int number) {
    const bool typed = number == SIGINT || number == SIGQUIT || number == SIGWINCH;
    if (event_command && !(typed && is_in_foreground())) event_command->signal(number);
  });
  // With a CMD, this process writes nothing to standard output.
  std::optional<Reader> reader;
  if (!event_command) reader.emplace(signals.stop_token());
  elect::Until until{reader ? reader->token() : signals.stop_token(), {}};
  if (options.timeout) until.deadline = elect::saturating_add(elect::BootClock::now(), *options.timeout);

  std::jthread timer;
  if (event_command && until.deadline) timer = end_at(*until.deadline, options.kill_after, *event_command);
  Observer observer(context, options, *format, event_command ? &*event_command : nullptr);
  const auto tell = [&observer](const elect::Observation& observation) { return observer.handle(observation); };
  elect::Result<void> ended;
  if (options.prefix) {
    const auto client = context.client();
    if (!client) return std::unexpected(client.error());
    ended = elect::observe_all(**client, options.name, options.revision, tell, until);
  } else {
    auto election = context.election(options.name);
    if (!election) return std::unexpected(election.error());
    bool silent = !options.is && options.revision == 0;
    const auto tell_first = [&](const elect::Observation& observation) {
      if (std::exchange(silent, false) && observation.type == Type::vacant) {
        remark_no_candidates(*election, "; waiting for one");
      }
      return tell(observation);
    };
    ended = election->observe(options.revision, tell_first, until);
  }
  if (signals.first() != 0) return kDone;  // The usual way to end it by hand.
  if (reader && reader->is_gone()) return std::unexpected(reader_gone());
  if (observer.ended) return *observer.ended;
  if (!ended) return std::unexpected(Failure(ended.error()));
  return observer.done || (!options.count && !options.until) ? kDone : kNotElected;
}

}  // namespace

Declared declare_observe(CLI::App& app) {
  auto options = std::make_shared<ObserveOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_flag("--prefix", options->prefix, "all elections whose names begin with NAME (default: the election NAME)");
  app.add_option("--rev", options->revision,
                 "begin with the leader as of this revision of the store (default: with the present leader)")
      ->check(at_least(0))
      ->type_name("N");
  app.add_option("--is", options->is,
                 "print only leader or follower, when VALUE begins or ceases to lead (default: every leader)")
      ->type_name("VALUE");
  app.add_option("--count", options->count, "end after this many lines (default: never)")
      ->check(at_least(1))
      ->type_name("N");
  add_duration(app, "--timeout", options->timeout,
               "end after this time (0: at once), and exit 11 if --count or --until is not fulfilled (default: never)");
  options->kill_after_option = add_duration(app, "--kill-after", options->kill_after,
                                            "how long CMD has from SIGTERM to SIGKILL when --timeout ends it")
                                   ->default_str("1s");
  app.add_option("--until", options->until, "end once a leader has this value (default: never)")->type_name("VALUE");
  return {
      [options](Context& context) { return run_observe(context, *options); },
      {.description =
           "Prints every leader in order, each once: the present one, then every election and every "
           "proclaim of a leader as it happens, over reconnects and failures of servers. -w simple prints "
           "key and value as etcdctl elect -l does; -w json prints one object a line for every event: "
           "elected, proclaimed, vacant, and gap where the store was compacted before all was seen, or "
           "restored from a snapshot.\n\nWith --is, a line says leader or follower whenever the answer "
           "changes, the first one at once; with --prefix, too, the election's name stands behind it, and at "
           "the start only those "
           "are told that VALUE leads.\n\nA CMD runs in place of each line, for vacancies and gaps, too, "
           "one at a time, and finds ELECTCTL_EVENT, ELECTCTL_ROLE (leader or follower, with --is), "
           "ELECTCTL_NAME, _VALUE, _KEY, _LEASE, _REV and _ENDPOINTS in its environment. Where it fails, "
           "observe ends with its exit code.",
       .examples = {{"electctl observe backup -w json", "a log of every change"},
                    {"electctl observe web --is \"$(hostname)\" -- sh -c 'logger \"now $ELECTCTL_ROLE\"'",
                     "tell the system log when this host begins and ceases to lead"}},
       .exits = {{"0", "--count or --until was fulfilled, or it was ended by a signal; a CMD that fails: its own code"},
                 {"11", "--timeout was over first"},
                 {"126, 127", "CMD could not be run; CMD was not found"},
                 {"128+N", "CMD was ended by signal N"}}}};
}

}  // namespace cli
