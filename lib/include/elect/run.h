// A run of electctl's campaign --once, as the ledger has it: who claimed it and how it ended. Also its record, which is
// a value in the store. CMD is the command that is run. Pure; thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "elect/names.h"

namespace elect {

enum class RunState {
  running,    // No end is recorded, and the candidate that claimed it stands.
  done,       // CMD exited with 0.
  failed,     // CMD exited with another code, or could not be started.
  ended,      // CMD was stopped, or not started: leadership lost, --max-runtime, a signal.
  abandoned,  // No end is recorded, and the candidate that claimed it is gone.
};

[[nodiscard]] std::string_view name_of(RunState state);

using WallTime = std::chrono::system_clock::time_point;

// How a run ended.
struct RunEnd {
  RunState state = RunState::done;  // done, failed or ended.
  WallTime at{};                    // By the clock of the host that ran it.
  std::optional<int> exit_code;     // Of CMD. nullopt: there is none, or it does not count.
  std::string reason;               // For people. Empty if the exit code says enough.

  bool operator==(const RunEnd&) const = default;
};

// The latest run of one ID.
struct Run {
  std::string id;
  RunState state = RunState::running;
  std::string value;              // The candidate's value: by default the host.
  std::string key;                // The candidate's key.
  Revision token = 0;             // Its fencing token. 0: unknown (a record of 0.1.0).
  std::optional<WallTime> began;  // By the clock of the host that ran it. nullopt: unknown.
  std::optional<RunEnd> end;      // nullopt: no end is recorded.
  // How long CMD may outlive its candidate's key if a third party deletes that key: the TTL, for a host that cannot
  // reach etcd does not know of it, and then the time from SIGTERM to SIGKILL.
  std::chrono::milliseconds kill_after{0};
  Revision claim_revision = 0;  // The store's revision at the claim. It orders runs as their tokens do.
  Revision end_revision = 0;    // The store's revision when the end was recorded. 0: no end is recorded.
  // The version of the record. 0: electctl 0.1.0 wrote it, which records no end, or a foreign program. Above
  // kRunVersion: a later version wrote it, and only the known fields were read. Such runs are never claimed again.
  std::int64_t version = 1;
  LeaseId lease = 0;             // The record's.
  Revision create_revision = 0;  // Of the record: the first claim of this ID.
  Revision mod_revision = 0;     // The record's.

  bool operator==(const Run&) const = default;
};

constexpr std::int64_t kRunVersion = 1;

// The record of a run, as the store has it: a key outside the prefix of every election, on a lease of its own.
struct RunRecord {
  std::string key;    // See once_key_of().
  std::string value;  // See record_value_of().
  LeaseId lease = 0;
  Revision create_revision = 0;
  Revision mod_revision = 0;
};

// The value of the run's record: JSON.
[[nodiscard]] std::string record_value_of(const Run& run);

// The run of a record in election `name`. Without a recorded end the state is running, as if the candidate stood.
// nullopt: the key is not that of a record of that election.
[[nodiscard]] std::optional<Run> run_of(std::string_view name, const RunRecord& record);

// Whether the run may be claimed again. Not if it is done, and not if its record has another version, because its end
// is then unknown. If no end is recorded, its candidate must be gone first; the caller checks that.
[[nodiscard]] bool may_be_retried(const Run& run);

// 2026-01-31T02:00:00.123Z, and back.
[[nodiscard]] std::string format_time(WallTime time);
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace elect
