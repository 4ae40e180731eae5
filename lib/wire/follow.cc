#include "wire/follow.h"

#include <algorithm>
#include <utility>

namespace elect {
namespace {

enum class End { enough, late, gap };

// One stream, from behind `at` on, until it ends. An error: why it did.
Result<End> follow_stream(Connection& connection, const KeyRange& range, Revision& at, Book& book, bool& brought,
                          const Until& until) {
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
    brought = true;
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
    auto snapshot = read_range(connection, range, {.revision = from}, until.stop);
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
    bool token_refused = false;  // By the stream before, which brought nothing.
    for (;;) {                   // Once for each stream.
      bool brought = false;
      const auto ended = follow_stream(connection, range, at, book, brought, until);
      if (ended && *ended != End::gap) return {};
      if (ended) break;
      // A fresh token that is refused too: it is no matter of tokens.
      if (brought) token_refused = false;
      const bool refused = ended.error().code == Errc::unauthenticated;
      if (refused && std::exchange(token_refused, true)) return std::unexpected(ended.error());
      if (!is_passing(ended.error().code)) return std::unexpected(ended.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
    }
  }
}

}  // namespace elect
