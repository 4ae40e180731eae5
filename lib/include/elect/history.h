// Who led an election before, as far back as the store reaches.
//
// The store keeps its past until it is compacted. What is told here is what its revisions say, not what anybody
// remembers: a compaction takes it away.
#pragma once

#include "elect/chronicle.h"
#include "elect/election.h"

namespace elect {

struct History {
  Header header;                 // Up to its revision.
  Revision oldest_revision = 1;  // How far back the store reaches.
  Chronicle chronicle;
};

// from: begins there; 0: as far back as the store reaches. Errc::compacted where that is gone, which names the oldest
// revision to be had; Errc::future_revision where it is yet to come.
// What is answered is whole: where the server does not tell all of the past within the client's command_timeout, or
// does not let it be known whether it has, that is an error. `until` ends it sooner: Errc::timeout at the deadline.
[[nodiscard]] Result<History> read_history(const Election& election, Revision from = 0, const Until& until = {});

}  // namespace elect
