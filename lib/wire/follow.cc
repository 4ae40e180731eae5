#include "wire/follow.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wire/outage.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

// How often an idle watch is asked for its progress. It is resumed there after a reconnect, so a compaction in between
// rarely makes a gap.
constexpr auto kAskForProgress = 30s;

struct Enough {};  // The listener returned false, or the deadline passed.
using StreamEnd = std::variant<Enough, Watcher::Compacted>;

// Follows one stream from revision `at` + 1 until it ends. The error says why it ended.
Result<StreamEnd> follow_stream(Connection& connection, const KeyRange& range, Revision& at, RangeListener& listener,
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
    if (!more || !listener.caught_up()) return Enough{};
  }
}

// Asks until etcd answers. nullopt: the deadline passed.
Result<std::optional<Header>> read_until_answered(Connection& connection, const KeyRange& range, Outage& outage,
                                                  const Until& until) {
  for (;;) {
    pause_for(kPauseBeforeReopening, until.stop);
    const auto answer = read_range(connection, range, {.limit = 1}, connection.for_one_call(until));
    if (!answer && !is_transient(answer.error().code)) return std::unexpected(answer.error());
    if (until.deadline && BootClock::now() >= *until.deadline) return std::nullopt;
    if (answer) {
      outage.end();
      return answer->header;
    }
    outage.begin(answer.error());
  }
}

}  // namespace

Result<void> follow(Connection& connection, const KeyRange& range, Revision from, RangeListener& listener,
                    const Until& until) {
  const auto late = [&] { return until.deadline && BootClock::now() >= *until.deadline; };
  bool begun = false;
  Revision oldest = 0;
  Outage outage(connection.options());
  for (;;) {  // Again where changes cannot be seen any more: after a compaction, or in another store.
    // The first read ignores the caller's deadline: without an answer nothing can be said.
    auto snapshot = read_range(connection, range, {.revision = from},
                               begun ? connection.for_one_call(until) : Until{until.stop, {}});
    if (!snapshot) {
      if (!begun || !is_transient(snapshot.error().code)) return std::unexpected(snapshot.error());
      if (late()) return {};
      outage.begin(snapshot.error());
      pause_for(kPauseBeforeReopening, until.stop);
      continue;
    }
    outage.end();
    const std::uint64_t cluster = snapshot->header.cluster_id;
    Revision at = from > 0 ? from : snapshot->header.revision;
    from = 0;
    const bool more = std::exchange(begun, true) ? listener.after_compaction(*std::move(snapshot), at, oldest)
                                                 : listener.begin(*std::move(snapshot), at);
    if (!more || !listener.caught_up()) return {};
    for (;;) {  // One round a stream.
      const auto ended = follow_stream(connection, range, at, listener, until);
      if (ended && std::holds_alternative<Enough>(*ended)) return {};
      if (ended) {
        oldest = std::get<Watcher::Compacted>(*ended).oldest;
        break;
      }
      if (!is_transient(ended.error().code)) return std::unexpected(ended.error());
      if (late()) return {};
      // A refused watch does not say why, a read does: see watcher.h.
      const auto answer = read_until_answered(connection, range, outage, until);
      if (!answer) return std::unexpected(answer.error());
      const std::optional<Header>& header = *answer;
      if (!header) return {};
      // Another store than before: etcd was restored from a snapshot. A watch from `at` would be silent.
      if (header->cluster_id != cluster || header->revision < at) {
        oldest = header->revision;
        break;
      }
    }
  }
}

}  // namespace elect
