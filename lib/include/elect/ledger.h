// The run ledger: what campaign --once records of each run. One record an ID, outside every election's prefix, on a
// lease of its own. A claim is recorded before CMD starts, an end after CMD has ended.
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
  Header header;          // Of its revision, at which all of it was read.
  std::vector<Run> runs;  // Oldest claim first.
};

// All runs of an election, read in pages at one revision (0: the present one). With `id`, at most that one.
struct RunQuery {
  std::optional<std::string> id;
  Revision revision = 0;
};
[[nodiscard]] Result<RunListing> runs(const Election& election, const RunQuery& query = {}, const Until& until = {});

// The same now, and again after each change of the ledger or of who stands, over reconnects, until `tell` answers
// false.
[[nodiscard]] Result<void> watch_runs(const Election& election, const std::optional<std::string>& id,
                                      const std::function<bool(const RunListing&)>& tell, const Until& until);

struct RunClaim {
  std::string id;
  std::chrono::seconds keep = std::chrono::hours(24);  // How long the record lasts.
  // Claims a run that failed, was ended or is abandoned, too; see may_be_retried().
  bool retry = false;
  // How long CMD may outlive the candidate's key: whoever claims the run anew waits so long, unless its end is recorded
  // sooner.
  std::chrono::nanoseconds kill_after{0};
  // No other process uses this candidacy: a run that it claimed before and that has no end is over.
  bool alone = false;
};

struct Taken {
  Run run;  // Somebody claimed it before, and it may not be claimed anew.
};
struct CandidateGone {};  // Nothing was claimed.
using Claimed = std::variant<Run, Taken, CandidateGone>;

// Claims a run for this candidacy: one Txn, guarded by its create revision, and by the record: that there is none, or
// with `retry` that it is still the one that was looked at. Calls: the record's lease and that Txn; one more where an
// earlier run is claimed anew, and a few to look for its end where it has none: its CMD may be about to be ended.
// Where it fails or the run is taken, no lease is left but one that etcd grants after all tries were over.
[[nodiscard]] Result<Claimed> claim_run(const Election& election, const Session& session, const Candidacy& candidacy,
                                        const RunClaim& claim, const Until& until = {});

// Records the end of a run that claim_run() gave: one Txn, guarded by the claim. Tries until the deadline.
enum class EndRecorded {
  yes,
  claimed_anew,  // Somebody has claimed it since: nothing was recorded.
  gone,          // The record is gone: it has expired, or was deleted.
};
[[nodiscard]] Result<EndRecorded> record_end(const Election& election, const Run& run, const RunEnd& end,
                                             const Until& until);

}  // namespace elect
