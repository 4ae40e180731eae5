// Reads the keys of a range at one revision.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/store.h"
#include "wire/connection.h"
#include "wire/key_range.h"

namespace elect {

// All keys that begin with `prefix`. An empty prefix: all keys of the store.
[[nodiscard]] KeyRange keys_below(const std::string& prefix);

// A request for a range, sorted by create revision.
[[nodiscard]] etcdserverpb::RangeRequest in_queue_order(const KeyRange& range);

// etcd refuses a read at a revision that it does not have, without saying which ones it has. The error of such a read,
// with the oldest revision in the store (Errc::compacted: costs a watch) or the latest one (Errc::future_revision:
// costs a call). Any other error comes back as it is.
[[nodiscard]] Error with_revisions(Error error, Connection& connection, const KeyRange& range, Revision wanted,
                                   const Until& until);

// One call, and the cost of with_revisions() if it fails.
[[nodiscard]] Result<Snapshot> read_range(Connection& connection, const KeyRange& range, const Query& query,
                                          const Until& until);

// The oldest revision in the store; 1: nothing was compacted. Costs one call, and a watch if there was a compaction.
[[nodiscard]] Result<Revision> oldest_revision(Connection& connection, const KeyRange& range, const Until& until);

// The error for a revision that was compacted.
[[nodiscard]] Error compacted(Revision wanted, Revision oldest);

}  // namespace elect
