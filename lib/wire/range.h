// Reading the keys of a range, as the store had them at one revision.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/store.h"
#include "wire/connection.h"

namespace elect {

struct KeyRange {
  std::string begin;
  std::string end;  // The first key behind it; as range_end_of() says.
};

// All keys that begin with `prefix`; with an empty one, all of the store.
[[nodiscard]] KeyRange keys_below(const std::string& prefix);

// The request that lists a range in the order of its queue.
[[nodiscard]] etcdserverpb::RangeRequest in_queue_order(const KeyRange& range);

// One call. Errc::compacted says which the oldest revision to be had is (found out by a watch, only then).
[[nodiscard]] Result<Snapshot> read_range(Connection& connection, const KeyRange& range, const Query& query,
                                          const Until& until);

// The oldest revision to be had, of that range as of any: 1 where nothing was compacted. A call, and a watch where it
// was.
[[nodiscard]] Result<Revision> oldest_revision(Connection& connection, const KeyRange& range, const Until& until);

// What to tell of a revision that is gone.
[[nodiscard]] Error compacted(Revision wanted, Revision oldest);

}  // namespace elect
