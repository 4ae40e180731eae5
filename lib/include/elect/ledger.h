// The run ledger: what electctl's campaign --once records of each run of its command, CMD. Each ID has one record, on
// its own lease, outside the prefix of every election. A claim is recorded before CMD starts. An end is recorded after
// CMD has ended.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "elect/candidacy.h"
#include "elect/election.h"
#include "elect/run.h"

namespace elect {

struct RunListing {
  Header header;          // All runs were read at its revision.
  std::vector<Run> runs;  // Oldest claim first.
};

struct RunQuery {
  std::optional<std::string> id{};  // Only the run of this ID. nullopt: all runs.
  Revision revision = 0;            // As of this revision. 0: the present one.
};

// The runs of an election, read in pages at one revision. Errc::compacted, Errc::future_revision: as candidates().
[[nodiscard]] Result<RunListing> runs(const Election& election, const RunQuery& query = {}, const Until& until = {});

// Reports the runs now, and after each change of the ledger or of the candidates. Continues over reconnects. Ends like
// Election::observe().
[[nodiscard]] Result<void> watch_runs(const Election& election, const std::optional<std::string>& id,
                                      const std::function<bool(const RunListing&)>& report, const Until& until);

struct RunClaim {
  std::string id;
  std::chrono::seconds keep = std::chrono::hours(24);  // How long the record lasts, unless keep_record() renews it.
  // Also claims a run that failed, ended or is abandoned; see may_be_retried().
  bool retry = false;
  // How long CMD may live once this process knows that the candidate's key was deleted. Recorded with the session's TTL
  // added. A process that claims the run again waits that long, unless the end of CMD is recorded sooner.
  std::chrono::nanoseconds kill_after{0};
  // No other process uses this candidacy. So a run that it claimed before is over, even if no end is recorded.
  bool exclusive = false;
};

struct AlreadyClaimed {
  Run run;  // Already claimed, and it may not be claimed again.
};
struct CandidateGone {};  // Nothing was claimed.
using ClaimOutcome = std::variant<Run, AlreadyClaimed, CandidateGone>;

// Claims a run for this candidacy. One Txn, guarded by the candidate's create revision and by the record: there must be
// none, or with `retry` it must be unchanged since it was read. Calls: the grant of the record's lease and the Txn. One
// more call if an earlier run is claimed again. A few more if that run has no end, because its CMD may just be ending.
// After an error, or if the run is taken, the lease is revoked. Only a lease that etcd grants after the last try can
// stay. Revoking ignores a stop request; only `give_up` ends it sooner.
[[nodiscard]] Result<ClaimOutcome> claim_run(const Election& election, const Session& session,
                                             const Candidacy& candidacy, const RunClaim& claim, const Until& until = {},
                                             const std::stop_token& give_up = {});

// Renews the lease of the record until the stop request, so that a run that takes longer than `keep` stays recorded.
// `granted`: when claim_run() was called. From then on, one call for each third of `keep`, or for each 300 ms. Retries
// after every error. Blocks: give it a thread.
void keep_record(const Election& election, const Run& run, std::chrono::seconds keep, BootTime granted,
                 const std::stop_token& stop);

// Records the end of a run that claim_run() returned. One Txn, guarded by the claim. Retries until the deadline;
// without one there is one try. Does not retry if the account is not accepted.
enum class EndRecorded {
  yes,
  claimed_again,  // The run was claimed again: nothing was recorded.
  gone,           // The record is gone: expired or deleted.
};
[[nodiscard]] Result<EndRecorded> record_end(const Election& election, const Run& run, const RunEnd& end,
                                             const Until& until);

}  // namespace elect
