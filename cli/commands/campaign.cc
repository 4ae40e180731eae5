#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <memory>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "commands/advice.h"
#include "commands/answer.h"
#include "commands/proposal.h"
#include "commands/recorded_run.h"
#include "commands/rejoin.h"
#include "commands/remarks.h"
#include "commands/standing.h"
#include "elect/duration.h"
#include "elect/ledger.h"
#include "elect/text.h"
#include "grammar/command.h"
#include "output.h"
#include "process/environment.h"
#include "process/gate.h"
#include "process/guard.h"
#include "process/notify.h"

namespace cli {
namespace {

using elect::BootClock;
using elect::BootTime;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kLongestTtl{9'000'000'000};
// How long the guard may take to kill CMD after --kill-after has passed.
constexpr std::chrono::milliseconds kGuardKillTime{500};

struct CampaignOptions {
  std::string name;
  std::optional<std::string> value;
  nanoseconds ttl = seconds(10);
  elect::LeaseId lease = 0;
  bool try_once = false;
  std::optional<nanoseconds> wait;
  int conflict_exit_code = kNotElected;
  bool rejoin = false;
  std::string session_file;

  // Only for use with a CMD.
  nanoseconds linger{0};
  nanoseconds lock_delay{0};
  nanoseconds kill_after = seconds(1);
  std::optional<nanoseconds> max_runtime;
  std::optional<std::string> once;
  nanoseconds once_keep = std::chrono::hours(24);
  bool retry = false;
  std::vector<CLI::Option*> for_cmd;
};

std::string in_seconds(nanoseconds duration) { return elect::format_duration(std::chrono::ceil<seconds>(duration)); }

// What the message of a loss says about CMD.
constexpr std::string_view kNotStarted = "; CMD was not started";
constexpr std::string_view kEnded = "; CMD was ended";

// One campaign, from standing to withdrawing.
class Campaign {
 public:
  // `stood_before`: see take_rejoin_mark().
  Campaign(Context& context, const CampaignOptions& options, Format format, std::optional<Guard> guard,
           bool stood_before)
      : context_(context), options_(options), format_(format), stood_before_(stood_before), guard_(std::move(guard)) {}

  Outcome run(std::string value) {
    const auto opened =
        Standing::open(context_,
                       {.name = options_.name,
                        .value = std::move(value),
                        .session = {.ttl = std::chrono::duration_cast<seconds>(options_.ttl),
                                    .lease = options_.lease,
                                    .on_renewed = [this](const elect::Validity& validity) { tell_guard(validity); }},
                        .try_once = options_.try_once,
                        .wait = options_.wait,
                        .session_file = options_.session_file,
                        .in_use_code = options_.conflict_exit_code},
                       signals_);
    if (signals_.first() != 0) return kBySignal + signals_.first();
    if (!opened) return report_loss(std::unexpected(opened.error()));
    Standing& standing = **opened;

    const bool waits = !standing.candidacy().elected() && !options_.try_once;
    if (waits) notify_systemd("STATUS=waiting in the queue");
    const auto verdict = standing.wait();
    if (signals_.first() != 0) return kBySignal + signals_.first();
    if (!verdict) return report_loss(std::unexpected(Failure(verdict.error())));
    if (const auto* loss = std::get_if<elect::Loss>(&*verdict)) {
      return report_loss(std::unexpected(Failure(kLost, fmt::format("the place in the queue of '{}' lost: {}",
                                                                    elect::printable(options_.name), loss->message))));
    }
    if (std::holds_alternative<elect::Candidacy::NotElected>(*verdict)) {
      remark_not_elected(standing.election(), options_.wait);
      return options_.conflict_exit_code;
    }

    elected_at_ = BootClock::now();
    if (waits) remark(fmt::format("elected after {}", in_seconds(standing.stood_for())));
    Outcome outcome = guard_ ? lead_with_cmd(standing) : lead_without_cmd(standing);
    // After STOPPING=1 systemd only waits for the process to end. It ignores later messages.
    notify_systemd(stands_again(outcome) ? "STATUS=leadership lost; standing again" : "STOPPING=1");
    return report_loss(std::move(outcome));
  }

  // Whether --rejoin applies to this outcome. It does not if CMD had ended by itself.
  [[nodiscard]] bool stands_again(const Outcome& outcome) const {
    if (outcome || !options_.rejoin || signals_.first() != 0 || cmd_exited_) return false;
    return outcome.error().code == kLost || (stood_before_ && outcome.error().transient);
  }

  // The signal that was typed on the terminal and ended CMD; 0: none.
  [[nodiscard]] int terminal_signal() const { return terminal_signal_; }

 private:
  void tell_guard(const elect::Validity& validity) const {
    if (guard_) guard_->set_deadline(validity.uncertain_from(), validity.lost_from());
  }

  [[nodiscard]] Failure lost(std::string_view why, std::string_view consequence) const {
    return {kLost, fmt::format("leadership of '{}' lost: {}{}", elect::printable(options_.name), why, consequence)};
  }

  // Reports a loss, or why it stands again, at once and only once. Recording the end and withdrawing come next, and may
  // print warnings.
  [[nodiscard]] Outcome report_loss(Outcome outcome) const {
    const bool again = stands_again(outcome);
    if (outcome || outcome.error().message.empty() || (outcome.error().code != kLost && !again)) return outcome;
    std::string& why = outcome.error().message;
    if (again) {
      warn(why + "; standing again");
    } else {
      say_error(why);
    }
    why.clear();
    return outcome;
  }

  void tell_systemd(const elect::Candidate& self) const {
    notify_systemd(fmt::format("READY=1\nSTATUS=leading with fencing token {}", self.create_revision));
  }

  // Leads without a CMD: prints the candidate, and holds until a signal or a loss.
  Outcome lead_without_cmd(Standing& standing) {
    elect::Candidacy& candidacy = standing.candidacy();
    const elect::Session& session = standing.session();
    const elect::LeaseStatus lease{session.lease(), session.ttl(), session.ttl(), {}};
    const std::string text =
        as_candidate(context_, format_, snapshot_of(candidacy.header(), candidacy.self()), {.rank = 1, .lease = lease});
    if (auto written = write_result(text); !written) return std::unexpected(written.error());
    tell_systemd(candidacy.self());
    if (!options_.session_file.empty() && options_.try_once) return kDone;
    // A user who forgot the "--" in front of CMD sees here that CMD is the value.
    const std::string value =
        options_.value ? fmt::format(" with value '{}'", brief(candidacy.self().value)) : std::string();
    remark(fmt::format("leading '{}'{} until Ctrl-C", brief(options_.name), value));
    const auto loss = candidacy.hold({signals_.stop_token(), {}});
    if (loss && *loss) return std::unexpected(lost((*loss)->message, ""));
    if (!loss && loss.error().code != elect::Errc::interrupted) return std::unexpected(Failure(loss.error()));
    const int signal = signals_.first();
    return signal == SIGHUP || signal == SIGQUIT ? kBySignal + signal : kDone;
  }

  // Keeps leading until the deadline. Returns an exit code or failure if a signal or a loss came before.
  std::optional<Outcome> lead_until(Standing& standing, BootTime deadline, std::string_view consequence) const {
    if (BootClock::now() >= deadline) return std::nullopt;
    const auto loss = standing.candidacy().hold({signals_.stop_token(), deadline});
    if (signals_.first() != 0) return kBySignal + signals_.first();
    if (!loss) return std::unexpected(Failure(loss.error()));
    if (*loss) return std::unexpected(lost((*loss)->message, consequence));
    return std::nullopt;
  }

  // Leads with CMD.
  Outcome lead_with_cmd(Standing& standing) {
    if (standing.waited() && options_.lock_delay > nanoseconds(0)) {
      remark(fmt::format("CMD starts in {} (--lock-delay)", in_seconds(options_.lock_delay)));
      if (auto ended = lead_until(standing, elect::saturating_add(elected_at_, options_.lock_delay), kNotStarted))
        return *std::move(ended);
    }
    std::optional<RecordedRun> run;
    if (options_.once) {
      run.emplace(standing, signals_, context_.options.client.command_timeout);
      if (auto not_run = claim(*run)) return *std::move(not_run);
      // A run that was claimed but not started also needs an end.
      if (const int signal = signals_.first(); signal != 0) {
        run->record_end(stopped_run(name_of_signal(signal) + " came before CMD was started"));
        return kBySignal + signal;
      }
    }
    if (const auto loss = standing.session().loss()) {
      return end_by_loss(lost(loss->message, kNotStarted), run);
    }
    if (run) {
      if (const auto started = run->start_renewing(); !started) {
        run->record_end(stopped_run(started.error().message));
        return std::unexpected(Failure(started.error()));
      }
    }
    tell_systemd(standing.candidacy().self());
    standing.note_cmd_start();
    const auto ending = run_cmd(standing);
    if (run) run->stop_renewing();
    if (!ending && ending.error().code == kLost) return end_by_loss(ending.error(), run);
    if (!ending) {
      if (run) run->record_end(stopped_run(ending.error().message));
      return std::unexpected(ending.error());
    }
    if (run) {
      run->record_end(exited_run(*ending, who_asked(*ending)));
    }
    cmd_exited_ = true;
    if (const auto led = BootClock::now() - elected_at_; options_.linger > led) {
      if (signals_.first() == 0)
        remark(fmt::format("CMD has ended; leading for another {} (--linger)", in_seconds(options_.linger - led)));
      if (auto ended = lead_until(standing, elect::saturating_add(elected_at_, options_.linger), ""); ended && !*ended)
        return *std::move(ended);
    }
    terminal_signal_ = ending->terminal_signal;
    if (!ending->failure.empty()) {
      const std::string advice = ending->exit_code == kNotFound ? shell_for(context_.argv) : "";
      return std::unexpected(Failure(ending->exit_code, elect::printable(ending->failure) + advice));
    }
    return ending->exit_code;
  }

  // The signal that asked CMD to end; 0: none. CMD may do something else at SIGHUP and SIGQUIT, and end later for
  // another reason: they count if they ended CMD.
  [[nodiscard]] int who_asked(const Ending& cmd) const {
    if (cmd.terminal_signal != 0) return cmd.terminal_signal;
    if (signals_.first() != 0) return signals_.first();
    const int ended_by = cmd.exit_code - kBySignal;
    return (ended_by == SIGHUP || ended_by == SIGQUIT) && signals_.came(ended_by) ? ended_by : 0;
  }

  // Claims the run of --once. nullopt: CMD is to be run.
  std::optional<Outcome> claim(RecordedRun& run) {
    auto claimed = run.claim({.id = *options_.once,
                              .keep = std::chrono::ceil<seconds>(options_.once_keep),
                              .retry = options_.retry,
                              .kill_after = options_.kill_after,
                              .exclusive = !options_.session_file.empty()});
    if (claimed && std::holds_alternative<elect::Run>(*claimed)) return std::nullopt;
    if (signals_.first() != 0) return kBySignal + signals_.first();
    if (!claimed) return std::unexpected(Failure(claimed.error()));
    if (std::holds_alternative<elect::CandidateGone>(*claimed)) {
      return std::unexpected(lost("its key was deleted", kNotStarted));
    }
    remark_taken(std::get<elect::AlreadyClaimed>(*claimed).run);
    return options_.conflict_exit_code;
  }

  // Reports the loss first: recording the end may take long.
  [[nodiscard]] Outcome end_by_loss(const Failure& loss, std::optional<RecordedRun>& run) const {
    auto reported = report_loss(std::unexpected(loss));
    if (run) run->record_end_after_loss(stopped_run(loss.message));
    return reported;
  }

  static void remark_taken(const elect::Run& run) {
    std::string text = fmt::format("not run: '{}' was run before", brief(run.id));
    if (!run.value.empty()) text += fmt::format(", by {}", brief(run.value));
    if (run.began) text += fmt::format(", begun at {}", elect::format_time(*run.began));
    text += run.end ? fmt::format(", {}", name_of(run.state)) : ", no end recorded";
    remark(text);
  }

  // Runs CMD while leadership lasts. Returns when CMD and all that it started have ended.
  std::expected<Ending, Failure> run_cmd(Standing& standing) {
    elect::Candidacy& candidacy = standing.candidacy();
    signals_.pass_on(true);
    Gate gate(*guard_, context_.argv, environment(standing), standing.lock_descriptor());
    // Pass on a signal that came before CMD was there to receive it.
    if (signals_.first() != 0) guard_->signal(signals_.first());
    elect::Until until{gate.ended_token(), {}};
    if (options_.max_runtime && *options_.max_runtime > nanoseconds(0))
      until.deadline = elect::saturating_add(BootClock::now(), *options_.max_runtime);
    const auto loss = candidacy.hold(until);
    if (!gate.ended_token().stop_requested()) guard_->end_cmd();
    if (loss && *loss) {
      // Another candidate may lead by now. If the guard hangs, CMD must still be killed.
      constexpr nanoseconds longest = std::chrono::hours(24 * 365);
      elect::pause_for(std::min(options_.kill_after, longest) + kGuardKillTime, gate.ended_token());
      if (!gate.ended_token().stop_requested()) guard_->kill();
    }
    const auto ending = gate.wait();
    signals_.pass_on(false);
    if (loss && *loss) return std::unexpected(lost((*loss)->message, kEnded));
    if (!ending) return std::unexpected(Failure(ending.error()));
    if (ending->cause == Ending::Cause::deadline) {
      return std::unexpected(lost(standing.session().silence(), kEnded));
    }
    if (ending->cause == Ending::Cause::own) return *ending;
    if (!loss && loss.error().code != elect::Errc::interrupted) return std::unexpected(Failure(loss.error()));
    return std::unexpected(Failure(kRanTooLong, fmt::format("CMD ran longer than {} (--max-runtime) and was ended",
                                                            elect::format_duration(*options_.max_runtime))));
  }

  [[nodiscard]] std::vector<std::string> environment(Standing& standing) const {
    auto variables = variables_of(context_.options.client, options_.name, standing.candidacy().self());
    variables.push_back("ELECTCTL_TTL=" + std::to_string(standing.session().ttl().count()));
    return variables;
  }

  Context& context_;
  const CampaignOptions& options_;
  const Format format_;
  const bool stood_before_;
  std::optional<Guard> guard_;  // Forked while there is no thread. `signals_` starts the first one.
  Signals signals_{[this](int number) {
    if (guard_) guard_->signal(number);
  }};
  BootTime elected_at_{};
  int terminal_signal_ = 0;
  bool cmd_exited_ = false;
};

std::string is_exit_code(const std::string& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 255;
  return good ? "" : fmt::format("invalid exit code '{}': write a whole number from 0 to 255", elect::printable(text));
}

// Whether it is the path of an executable file. Then the user probably forgot the "--" in front of it.
bool is_program(const std::string& value) {
  struct stat status {};
  return value.find('/') != std::string::npos && ::stat(value.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(value.c_str(), X_OK) == 0;
}

Outcome run_campaign(Context& context, const CampaignOptions& options) {
  const bool stood_before = take_rejoin_mark();
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  const bool lacks_dashes = context.argv.empty() && options.value && is_program(*options.value);
  if (context.argv.empty()) {
    for (const CLI::Option* option : options.for_cmd) {
      if (option->count() == 0) continue;
      if (lacks_dashes) {
        return std::unexpected(Failure(
            kBadArguments, fmt::format("{} is of use only with a CMD; to run '{}': {}", option->get_name(),
                                       elect::printable(*options.value), with_value_as_cmd(context, *options.value))));
      }
      return bad_arguments(fmt::format("{} is of use only with a CMD: add -- CMD", option->get_name()));
    }
  }
  if (options.rejoin && options.value == "-")
    return bad_arguments("give --rejoin or VALUE -, not both: standard input is read only once");
  if (options.rejoin) {
    if (auto possible = check_rejoin(); !possible) return std::unexpected(possible.error());
  }
  if (lacks_dashes) {
    warn(fmt::format("'{}' is a program, but here it is VALUE and is not run; to run it: {}",
                     elect::printable(*options.value), with_value_as_cmd(context, *options.value)));
  }
  auto value = proposal_of(options.value);
  if (!value) return std::unexpected(value.error());
  std::optional<Guard> guard;
  if (!context.argv.empty()) {
    if (!fits_environment(*value)) {
      return bad_arguments("VALUE does not fit into CMD's environment: it holds a NUL byte, or more than 128000 bytes");
    }
    auto forked = Guard::fork(options.kill_after);
    if (!forked) return std::unexpected(Failure(forked.error()));
    guard.emplace(*std::move(forked));
  }

  Outcome outcome;
  int terminal_signal = 0;
  bool stands_again = false;
  {
    Campaign campaign(context, options, *format, std::move(guard), stood_before);
    outcome = campaign.run(*std::move(value));
    terminal_signal = campaign.terminal_signal();
    stands_again = campaign.stands_again(outcome);
  }
  if (terminal_signal != 0) end_by_terminal_signal(terminal_signal);
  if (stands_again) {
    if (auto failure = rejoin(context, options.name, options.lease)) return std::unexpected(*std::move(failure));
  }
  return outcome;
}

}  // namespace

Declared declare_campaign(CLI::App& app) {
  auto options = std::make_shared<CampaignOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_option(
      "VALUE", options->value,
      "the candidate's value, which all others see; -: read it from standard input (default: the host name)");
  auto* ttl = add_duration(app, "--ttl", options->ttl,
                           "if this host dies, the next candidate leads after this time (of the lease; whole seconds)")
                  ->default_str("10s");
  auto* lease = add_lease(
      app, "--lease", options->lease,
      "stand under this existing lease (hex), which is kept alive and not revoked; all that use it are one candidate "
      "(default: under a new one)");
  auto* try_once =
      app.add_flag("--try", options->try_once, "if another leads, withdraw and exit 11 (default: wait in the queue)");
  auto* wait = add_duration(app, "--wait", options->wait,
                            "if not elected within this time, withdraw and exit 11 (default: wait for ever)");
  app.add_option("-E,--conflict-exit-code", options->conflict_exit_code, "exit with N in place of 11")
      ->check(is_exit_code)
      ->type_name("N");
  app.add_flag("--rejoin", options->rejoin,
               "if leadership or the place in the queue is lost, stand again as the last one in it (default: exit 12)");
  app.add_option("--session", options->session_file,
                 "keep the candidacy in FILE from one run to the next (default: it ends with electctl)")
      ->check(not_empty())
      ->type_name("FILE")
      ->excludes(lease);
  try_once->excludes(wait);
  lease->excludes(ttl);

  auto* once =
      app.add_option(
             "--once", options->once,
             "run CMD only if it has not run for this ID in this election, else exit 11 (default: run it each time)")
          ->check(not_empty())
          ->type_name("ID");
  options->for_cmd = {
      add_duration(app, "--linger", options->linger,
                   "keep leading at least this long, even if CMD ends earlier (default: until CMD ends)"),
      add_duration(app, "--lock-delay", options->lock_delay,
                   "delay CMD by this time if it had to wait (default: start CMD at once)"),
      add_duration(app, "--kill-after", options->kill_after,
                   "how long CMD has from SIGTERM to SIGKILL when it must end")
          ->default_str("1s"),
      add_duration(app, "--max-runtime", options->max_runtime,
                   "end CMD after this time, and exit 124 (default: 0, never)"),
      once,
      add_duration(app, "--once-keep", options->once_keep,
                   "how long the ID of --once is remembered after its run began; longer while CMD runs")
          ->default_str("24h")
          ->needs(once),
      app.add_flag("--retry", options->retry,
                   "with --once: run again what failed, was ended or is abandoned (default: run each ID once)")
          ->needs(once),
  };
  app.final_callback([options] {
    if (options->once_keep < seconds(1)) {
      throw CLI::ValidationError("--once-keep", "a record lives for whole seconds: write 1s or more");
    }
    if (options->ttl < seconds(1) || options->ttl % seconds(1) != nanoseconds(0)) {
      throw CLI::ValidationError("--ttl", "a lease lives for whole seconds: write 1s or more");
    }
    if (options->ttl > kLongestTtl) {
      throw CLI::ValidationError("--ttl", "etcd grants no more than 9000000000s");
    }
  });
  return {
      [options](Context& context) { return run_campaign(context, *options); },
      {.description = "Stands as a candidate for the election NAME with VALUE, waits in the queue, and leads. Without "
                      "a CMD it then prints its key and value and holds leadership until SIGINT or SIGTERM. With a "
                      "CMD it runs that while it leads, gives leadership up when CMD ends, and exits as CMD "
                      "did.\n\nCMD runs while no other candidate can lead. Counted from when the last answered "
                      "renewal of the lease was sent, CMD gets SIGTERM after 2/3 of --ttl, and SIGKILL after 9/10, "
                      "before etcd can give leadership away; where the lease is revoked or the key deleted, SIGTERM "
                      "at once and SIGKILL after --kill-after. Both go to everything that CMD started, also where that "
                      "left CMD's process group (setsid, timeout, a daemon); what CMD leaves running at its end is "
                      "killed. That holds when electctl is killed or stopped, too.\n\nCMD finds ELECTCTL_NAME, _VALUE, "
                      "_KEY, _LEASE, _REV (the fencing token: it grows with "
                      "every term), _TTL (seconds) and _ENDPOINTS in its environment, and gets SIGINT, SIGTERM, "
                      "SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH passed on.\n\n--once records who runs CMD "
                      "before CMD starts, and how it ended when it has: inspect --runs shows that. With --retry a run "
                      "that failed, was ended, or whose candidate is gone without an end (abandoned) is run again by "
                      "the next candidate that asks for its ID; one that ended with 0 never is.",
       .examples =
           {{"electctl campaign backup -- /usr/local/bin/backup", "run it on one host at a time; the others wait"},
            {"electctl campaign report --try --once \"$(date -u +%FT%H:%M)\" -- report",
             "each minute on many hosts, run by one of them (cron: set PATH and ETCDCTL_ENDPOINTS, write % as \\%)"}},
       .exits = {
           {"0", "led until asked to end; with a CMD: CMD's own exit code"},
           {"11", "not elected, with --try or --wait; --once: this ID was run before; the --session file is in use"},
           {"12", "leadership, or the place in the queue, was lost"},
           {"124", "CMD ran longer than --max-runtime"},
           {"126, 127", "CMD could not be run; CMD was not found"},
           {"128+N", "ended by signal N, or CMD was"}}}};
}

}  // namespace cli
