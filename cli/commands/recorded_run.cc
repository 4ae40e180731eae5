#include "commands/recorded_run.h"

#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"
#include "elect/thread.h"
#include "output.h"

namespace cli {
namespace {

using std::chrono::nanoseconds;

elect::RunEnd ends_now(elect::RunState state) {
  elect::RunEnd end;
  end.state = state;
  end.at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return end;
}

}  // namespace

elect::Result<elect::ClaimOutcome> RecordedRun::claim(const elect::RunClaim& claim) {
  claimed_at_ = elect::BootClock::now();
  keep_ = claim.keep;
  auto outcome = elect::claim_run(standing_.election(), standing_.session(), standing_.candidacy(), claim,
                                  {signals_.stop_token(), {}}, signals_.third_signal_token());
  if (outcome) {
    if (const auto* run = std::get_if<elect::Run>(&*outcome)) run_ = *run;
  }
  return outcome;
}

elect::Result<void> RecordedRun::start_renewing() {
  auto started = elect::start_thread([this](const std::stop_token& stop) {
    elect::keep_record(standing_.election(), run_, keep_, claimed_at_, stop);
  });
  if (!started) return std::unexpected(started.error());
  renewing_ = *std::move(started);
  return {};
}

void RecordedRun::record_end(const elect::RunEnd& end) { warn_unless_recorded(try_to_record(end), end); }

void RecordedRun::record_end_after_loss(const elect::RunEnd& end) {
  auto recorded = try_to_record(end);
  const nanoseconds more = standing_.session().ttl() - command_timeout_;
  if (!recorded && more > nanoseconds(0) && signals_.first() == 0) {
    auto later = elect::record_end(standing_.election(), run_, end, elect::within(more, signals_.stop_token()));
    // A signal says nothing of why the earlier tries failed.
    if (later || later.error().code != elect::Errc::interrupted) recorded = std::move(later);
  }
  warn_unless_recorded(recorded, end);
}

RecordedRun::Recording RecordedRun::try_to_record(const elect::RunEnd& end) const {
  return elect::record_end(standing_.election(), run_, end,
                           elect::within(command_timeout_, signals_.third_signal_token()));
}

void RecordedRun::warn_unless_recorded(const Recording& recorded, const elect::RunEnd& end) const {
  std::string why;
  if (!recorded) {
    why = elect::describe(recorded.error());
  } else {
    switch (*recorded) {
      case elect::EndRecorded::yes:
        return;
      case elect::EndRecorded::gone:
        why = "its record was deleted, or has expired";
        break;
      case elect::EndRecorded::claimed_again:
        why = "somebody has claimed it anew";
        break;
    }
  }
  warn(
      fmt::format("the end of run '{}' ({}) was not recorded: {}", elect::printable(run_.id), name_of(end.state), why));
}

std::string name_of_signal(int number) {
  const char* name = ::sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{}", name);
}

elect::RunEnd stopped_run(std::string why) {
  elect::RunEnd end = ends_now(elect::RunState::ended);
  end.reason = std::move(why);
  return end;
}

elect::RunEnd exited_run(const Ending& cmd, int signal) {
  elect::RunEnd end = ends_now(elect::RunState::failed);
  end.exit_code = cmd.exit_code;
  end.reason = cmd.failure;
  if (cmd.exit_code == 0) {
    end.state = elect::RunState::done;
  } else if (signal != 0) {
    end.state = elect::RunState::ended;
    end.reason = name_of_signal(signal);
  }
  return end;
}

}  // namespace cli
