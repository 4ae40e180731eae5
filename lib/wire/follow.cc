#include "wire/follow.h"

#include <algorithm>
#include <utility>

namespace elect {
namespace {

enum class End { enough, late, gap };

// One stream, from behind `at` on, until it ends. An error: why it did.
Result<End> follow_stream(Connection& connection, const KeyRange& range, Revision& at, Book& book, const Until& until) {
  const auto watcher = Watcher::open(connection, {until.stop, {}});
  if (!watcher) return std::unexpected(watcher.error());
  (*watcher)->add(1, {range.begin, range.end, at + 1, false});
  for (;;) {
    const auto next = (*watcher)->next(until);
    if (!next) return std::unexpected(next.error());
    if (std::holds_alternative<Watcher::Late>(*next)) return End::late;
    if (const auto* compacted = std::get_if<Watcher::Compacted>(&*next)) {
      return book.gap(compacted->oldest) ? End::gap : End::enough;
    }
    const auto& batch = std::get<Watcher::Batch>(*next);
    at = std::max(at, batch.events.back().candidate.mod_revision);
    const bool more = each_revision(batch.events, [&](Revision revision, std::span<const Event> events) {
      return book.apply(batch.header, revision, events);
    });
    if (!more || !book.settled()) return End::enough;
  }
}

}  // namespace

Result<void> follow(Connection& connection, const KeyRange& range, Revision from, Book& book, const Until& until) {
  const auto late = [&] { return until.deadline && BootClock::now() >= *until.deadline; };
  bool begun = false;
  for (;;) {  // Once, and again after each gap.
    // The first look has the time of any call: only an answer says that there is nothing to tell.
    auto snapshot = read_range(connection, range, {.revision = from},
                               begun ? connection.for_one_call(until) : Until{until.stop, {}});
    if (!snapshot) {
      if (!begun || !is_passing(snapshot.error().code)) return std::unexpected(snapshot.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
      continue;
    }
    begun = true;
    Revision at = from > 0 ? from : snapshot->header.revision;
    from = 0;
    if (!book.begin(*std::move(snapshot), at) || !book.settled()) return {};
    for (;;) {  // Once for each stream.
      const auto ended = follow_stream(connection, range, at, book, until);
      if (ended && *ended != End::gap) return {};
      if (ended) break;
      if (!is_passing(ended.error().code)) return std::unexpected(ended.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
      // A watch that was refused does not say why; see watcher.h.
      const auto allowed = read_range(connection, range, {.limit = 1}, connection.for_one_call(until));
      if (!allowed && !is_passing(allowed.error().code)) return std::unexpected(allowed.error());
    }
  }
}

}  // namespace elect
