// The record that campaign --once makes of its run in the ledger: from the claim to the end. See elect/ledger.h.
#pragma once

#include <expected>
#include <string>
#include <thread>

#include "commands/standing.h"
#include "elect/ledger.h"
#include "process/guard.h"
#include "process/signals.h"

namespace cli {

class RecordedRun {
 public:
  // `command_timeout`: how long record_end() tries.
  RecordedRun(Standing& standing, const Signals& signals, std::chrono::nanoseconds command_timeout)
      : standing_(standing), signals_(signals), command_timeout_(command_timeout) {}

  // Claims the run. Call it first: all else needs the outcome to be a Run. A third signal gives up.
  [[nodiscard]] elect::Result<elect::ClaimOutcome> claim(const elect::RunClaim& claim);

  // Starts a thread that renews the record until stop_renewing().
  [[nodiscard]] elect::Result<void> start_renewing();
  void stop_renewing() { renewing_ = {}; }

  // Records how the run ended. Call it before leadership is given up. Otherwise the next leader finds a run without an
  // end, which looks abandoned. A failure is a warning.
  void record_end(const elect::RunEnd& end);

  // The same after leadership was lost. Then nobody waits for this process, and etcd may first have to recover. So it
  // tries for up to the TTL, or until a signal.
  void record_end_after_loss(const elect::RunEnd& end);

 private:
  using Recording = elect::Result<elect::EndRecorded>;

  [[nodiscard]] Recording try_to_record(const elect::RunEnd& end) const;
  void warn_unless_recorded(const Recording& recorded, const elect::RunEnd& end) const;

  Standing& standing_;
  const Signals& signals_;
  const std::chrono::nanoseconds command_timeout_;
  elect::BootTime claimed_at_{};  // When claim() was called.
  std::chrono::seconds keep_{0};
  elect::Run run_;
  std::jthread renewing_;
};

// "SIGTERM".
[[nodiscard]] std::string name_of_signal(int number);

// The end, at this moment, of a run whose CMD was stopped or not started.
[[nodiscard]] elect::RunEnd stopped_run(std::string why);

// The end, at this moment, of a run whose CMD has exited by itself. `signal`: the one that asked it to end; 0: none.
[[nodiscard]] elect::RunEnd exited_run(const Ending& cmd, int signal);

}  // namespace cli
