#include "wire/follow.h"

#include <algorithm>
#include <utility>

namespace elect {
namespace {

using namespace std::chrono_literals;

// How often an idle watch is asked how far it is. The further it is known to be, the less a compaction can take away
// while there is no stream.
constexpr auto kAskForProgress = 30s;

struct Enough {};  // The listener wants no more, or the deadline has come.
using End = std::variant<Enough, Watcher::Compacted>;

// One stream, from behind `at` on, until it ends. An error: why it did.
Result<End> follow_stream(Connection& connection, const KeyRange& range, Revision& at, RangeListener& listener,
                          const Until& until) {
  const auto watcher = Watcher::open(connection, {until.stop, {}});
  if (!watcher) return std::unexpected(watcher.error());
  (*watcher)->add(1, {range.begin, range.end, at + 1, false});
  const BootTime deadline = until.deadline.value_or(BootTime::max());
  for (;;) {
    const auto next =
        (*watcher)->next({until.stop, std::min(deadline, saturating_add(BootClock::now(), kAskForProgress))});
    if (!next) return std::unexpected(next.error());
    if (std::holds_alternative<Watcher::Late>(*next)) {
      if (BootClock::now() >= deadline) return Enough{};
      (*watcher)->ask_for_progress();
      continue;
    }
    if (const auto* compacted = std::get_if<Watcher::Compacted>(&*next)) return *compacted;
    if (const auto* progress = std::get_if<Watcher::Progress>(&*next)) {
      at = std::max(at, progress->revision);
      continue;
    }
    const auto& batch = std::get<Watcher::Batch>(*next);
    at = std::max(at, batch.events.back().candidate.mod_revision);
    const bool more = each_revision(batch.events, [&](Revision revision, std::span<const Event> events) {
      return listener.apply(batch.header, revision, events);
    });
    if (!more || !listener.settled()) return Enough{};
  }
}

}  // namespace

Result<void> follow(Connection& connection, const KeyRange& range, Revision from, RangeListener& listener,
                    const Until& until) {
  const auto late = [&] { return until.deadline && BootClock::now() >= *until.deadline; };
  bool begun = false;
  Revision oldest = 0;
  for (;;) {  // Once, and again after each compaction that came first.
    // The first look has the time of any call: only an answer says that there is nothing to tell.
    auto snapshot = read_range(connection, range, {.revision = from},
                               begun ? connection.for_one_call(until) : Until{until.stop, {}});
    if (!snapshot) {
      if (!begun || !is_transient(snapshot.error().code)) return std::unexpected(snapshot.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
      continue;
    }
    Revision at = from > 0 ? from : snapshot->header.revision;
    from = 0;
    const bool more = std::exchange(begun, true) ? listener.resume(*std::move(snapshot), at, oldest)
                                                 : listener.begin(*std::move(snapshot), at);
    if (!more || !listener.settled()) return {};
    for (;;) {  // Once for each stream.
      const auto ended = follow_stream(connection, range, at, listener, until);
      if (ended && std::holds_alternative<Enough>(*ended)) return {};
      if (ended) {
        oldest = std::get<Watcher::Compacted>(*ended).oldest;
        break;
      }
      if (!is_transient(ended.error().code)) return std::unexpected(ended.error());
      if (late()) return {};
      pause_for(kPauseBeforeReopening, until.stop);
      // A watch that was refused does not say why; see watcher.h.
      const auto allowed = read_range(connection, range, {.limit = 1}, connection.for_one_call(until));
      if (!allowed && !is_transient(allowed.error().code)) return std::unexpected(allowed.error());
    }
  }
}

}  // namespace elect
