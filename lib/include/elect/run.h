// A run of campaign --once, as the ledger has it: who claimed it and how it ended; and the record's value in the store.
// Pure; safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "elect/store.h"

namespace elect {

enum class RunState {
  running,    // No end is recorded, and the candidate that claimed it stands.
  done,       // CMD ended with 0.
  failed,     // CMD ended with another code, or could not be run.
  ended,      // CMD was ended, or not started any more: leadership lost, --max-runtime, a signal.
  abandoned,  // No end is recorded, and the candidate that claimed it is gone.
};

[[nodiscard]] std::string_view name_of(RunState state);

using WallTime = std::chrono::system_clock::time_point;

// How a run ended.
struct RunEnd {
  RunState state = RunState::done;  // done, failed or ended.
  WallTime at{};                    // By the clock of the host that ran it.
  std::optional<int> exit_code;     // CMD's. Nothing: it counts for nothing, or there was none.
  std::string reason;               // For people; empty where the code says it all.

  bool operator==(const RunEnd&) const = default;
};

// The latest run of one ID.
struct Run {
  std::string id;
  RunState state = RunState::running;
  std::string value;              // What the candidate stood with: the host, by default.
  std::string key;                // The candidate's key.
  Revision token = 0;             // Its fencing token; 0: not known (a record of 0.1.0).
  std::optional<WallTime> began;  // By the clock of the host that ran it. Nothing: not known.
  std::optional<RunEnd> end;      // Nothing: none is recorded.
  // How long CMD may outlive its candidate's key, where a third party deletes that.
  std::chrono::milliseconds kill_after{0};
  Revision claim_revision = 0;   // Of the store, when it was claimed: the order of runs, as that of their tokens.
  Revision end_revision = 0;     // Of the store, when its end was recorded; 0: it was not.
  std::int64_t version = 1;      // Of the record; 0: one of 0.1.0, which tells no end, or of a stranger. Of a later
                                 // one than kRunVersion what is known is told. Neither is claimed anew.
  LeaseId lease = 0;             // The record's.
  Revision create_revision = 0;  // The record's: that of the first claim of this ID.
  Revision mod_revision = 0;     // The record's.

  bool operator==(const Run&) const = default;
};

constexpr std::int64_t kRunVersion = 1;

// The value of its record: JSON.
[[nodiscard]] std::string record_of(const Run& run);

// The run of a record as the store has it, in election `name`. Its state is as if the candidate stood: running where no
// end is recorded. Nothing: the key is none of that election's records.
[[nodiscard]] std::optional<Run> run_of(std::string_view name, const Candidate& record);

// Whether it may be claimed anew, once its candidate is gone where no end is recorded: not one that is done, and none
// of another version, whose end is not known.
[[nodiscard]] bool may_be_retried(const Run& run);

// 2026-01-31T02:00:00.123Z, and back.
[[nodiscard]] std::string format_time(WallTime time);
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace elect
