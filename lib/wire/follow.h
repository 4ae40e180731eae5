// Follows a range of keys: reads it at one revision, then reports every change, across reconnects, failing endpoints
// and compactions. observe(), observe_all() and watch() are built on it.
#pragma once

#include <span>

#include "wire/range.h"
#include "wire/watcher.h"

namespace elect {

// follow() calls these functions for what happens in the range. Each returns whether to go on.
class RangeListener {
 public:
  virtual ~RangeListener() = default;
  // The first call: the range at revision `at`.
  virtual bool begin(Snapshot&& snapshot, Revision at) = 0;
  // Changes may be lost: a compaction has removed them before they were seen, or etcd was restored from a snapshot. The
  // range at revision `at`. Changes before revision `oldest` cannot be read any more.
  virtual bool after_compaction(Snapshot&& snapshot, Revision at, Revision oldest) = 0;
  // All events of one revision, in order. `header` is that of the response they came in.
  virtual bool apply(const Header& header, Revision revision, std::span<const Event> events) = 0;
  // Everything received so far has been applied.
  virtual bool caught_up() { return true; }
};

// Success: the listener returned false, or the deadline passed. Errc::interrupted: a stop was requested. Any other
// error is one that no retry can fix. from: the revision to start at; 0: now.
[[nodiscard]] Result<void> follow(Connection& connection, const KeyRange& range, Revision from, RangeListener& listener,
                                  const Until& until);

// Calls `apply(revision, events)` for each revision of a batch, until it returns false.
template <typename Apply>
bool each_revision(std::span<const Event> events, const Apply& apply) {
  while (!events.empty()) {
    const Revision revision = events.front().candidate.mod_revision;
    std::size_t end = 1;
    while (end < events.size() && events[end].candidate.mod_revision == revision) ++end;
    if (!apply(revision, events.first(end))) return false;
    events = events.subspan(end);
  }
  return true;
}

}  // namespace elect
