// Election::observe: a snapshot, one watch of the whole prefix from there on, and the queue of candidates in between.
#include <span>
#include <utility>

#include "elect/election.h"
#include "wire/connection.h"
#include "wire/watcher.h"

namespace elect {
namespace {

Observation::Type type_of(Change::Type type) {
  switch (type) {
    case Change::Type::elected:
      return Observation::Type::elected;
    case Change::Type::proclaimed:
      return Observation::Type::proclaimed;
    case Change::Type::vacant:
      return Observation::Type::vacant;
  }
  std::unreachable();
}

// Feeds a batch to the queue, one revision at a time. `count` is that of the leader. False: the caller wants no more.
bool feed(Queue& queue, std::int64_t& count, const Watcher::Batch& batch,
          const std::function<bool(const Observation&)>& tell) {
  const std::span<const Event> events(batch.events);
  for (std::size_t begin = 0; begin < events.size();) {
    const Revision revision = events[begin].candidate.mod_revision;
    std::size_t end = begin;
    while (end < events.size() && events[end].candidate.mod_revision == revision) ++end;
    const bool vacancy = queue.size() == 0;
    const auto change = queue.apply(revision, events.subspan(begin, end - begin));
    if (change && change->type == Change::Type::elected) count = vacancy ? 0 : static_cast<std::int64_t>(queue.size());
    if (change && !tell({type_of(change->type), batch.header, change->revision, change->leader, count})) return false;
    begin = end;
  }
  return true;
}

}  // namespace

Result<void> Election::observe(Revision from, const std::function<bool(const Observation&)>& tell, const Until& until) {
  const auto late = [&] { return until.deadline && BootClock::now() >= *until.deadline; };
  bool begun = false;
  for (;;) {  // Once, and again after each gap.
    const auto snapshot = candidates({.revision = from}, until.stop);
    if (!snapshot) {
      if (!begun || !is_passing(snapshot.error().code)) return std::unexpected(snapshot.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
      continue;
    }
    begun = true;
    Revision at = from > 0 ? from : snapshot->header.revision;
    from = 0;
    Queue queue(snapshot->candidates, at);
    auto count = static_cast<std::int64_t>(queue.size());
    if (const Candidate* leader = queue.leader()) {
      if (!tell({Observation::Type::elected, snapshot->header, leader->mod_revision, *leader, count})) return {};
    }
    bool token_refused = false;      // By the stream before, which brought nothing.
    for (bool gap = false; !gap;) {  // Once for each stream.
      auto watcher = Watcher::open(client_->connection(), {until.stop, {}});
      if (watcher) (*watcher)->add(1, {prefix_, range_end_of(prefix_), at + 1, false});
      Result<Watcher::Next> next = watcher ? (*watcher)->next(until) : std::unexpected(watcher.error());
      for (; next; next = (*watcher)->next(until)) {
        if (std::holds_alternative<Watcher::Late>(*next)) return {};
        if (const auto* compacted = std::get_if<Watcher::Compacted>(&*next)) {
          if (!tell({Observation::Type::gap, {}, compacted->oldest, {}, 0})) return {};
          gap = true;
          break;
        }
        const auto& batch = std::get<Watcher::Batch>(*next);
        token_refused = false;
        at = std::max(at, batch.events.back().candidate.mod_revision);
        if (!feed(queue, count, batch, tell)) return {};
      }
      if (gap) break;
      // A fresh token that is refused too: it is no matter of tokens.
      const bool refused = next.error().code == Errc::unauthenticated;
      if (refused && std::exchange(token_refused, true)) return std::unexpected(next.error());
      if (!is_passing(next.error().code)) return std::unexpected(next.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
    }
  }
}

}  // namespace elect
