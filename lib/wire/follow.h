// Following a range of keys: its state at one revision, then every change, over reconnects, failing endpoints and
// compactions. What observe, watch and their kin have in common.
#pragma once

#include <span>

#include "wire/range.h"
#include "wire/watcher.h"

namespace elect {

// What is kept of a range while it is followed. Each answers whether to go on.
class RangeListener {
 public:
  virtual ~RangeListener() = default;
  // The state at revision `at`, at the start.
  virtual bool begin(Snapshot&& snapshot, Revision at) = 0;
  // The state at revision `at`, after what came before revision `oldest` was compacted unseen.
  virtual bool resume(Snapshot&& snapshot, Revision at, Revision oldest) = 0;
  // All events of one revision, in order; `header` is of the answer that brought them.
  virtual bool apply(const Header& header, Revision revision, std::span<const Event> events) = 0;
  // All that has come for now was applied.
  virtual bool settled() { return true; }
};

// Ends with success where the listener wants no more or the deadline came, with Errc::interrupted after a stop request,
// otherwise with the error that could not be overcome. from: 0, or the revision to begin at.
[[nodiscard]] Result<void> follow(Connection& connection, const KeyRange& range, Revision from, RangeListener& listener,
                                  const Until& until);

// Calls `apply(revision, events)` for each revision of a batch, until it answers no.
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
