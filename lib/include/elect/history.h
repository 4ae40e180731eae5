// Who led an election in the past, as far back as the store reaches.
//
// The store keeps old revisions until it is compacted. The history is read from these revisions. So a compaction
// shortens it.
#pragma once

#include "elect/chronicle.h"
#include "elect/election.h"

namespace elect {

struct History {
  Header header;                 // The history ends at its revision.
  Revision oldest_revision = 1;  // The oldest revision in the store.
  Chronicle chronicle;
};

// from: the first revision; 0: as far back as the store reaches. Errc::compacted: `from` is gone; the error names the
// oldest revision in the store. Errc::future_revision: the store has not reached `from` yet.
// The answer is always complete. It is an error if the server does not send all of it within the client's
// command_timeout, or if the client cannot find out whether it did. `until` ends the read sooner, with an error.
[[nodiscard]] Result<History> read_history(const Election& election, Revision from = 0, const Until& until = {});

}  // namespace elect
