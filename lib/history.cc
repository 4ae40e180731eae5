#include "elect/history.h"

#include "wire/follow.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

// etcd tells a watch that begins in the past at most so many revisions at once, and more of them with the next batch.
constexpr std::size_t kRevisionsAtOnce = 1000;
// Watches that begin in the past are looked at ten times a second. Only where nothing at all is to be told, or just
// as much as goes into a whole batch, silence is the sign of it.
constexpr auto kSilence = 1s;

// Reads what followed `at`, up to the revision `to`.
Result<void> read_events(Connection& connection, const KeyRange& range, Chronicle& chronicle, Revision at, Revision to,
                         const Until& until) {
  if (at >= to) return {};
  const auto watcher = Watcher::open(connection, until);
  if (!watcher) return std::unexpected(watcher.error());
  (*watcher)->add(1, {range.begin, range.end, at + 1, false});
  for (;;) {
    const auto next = (*watcher)->next(within(kSilence, until.stop));
    if (!next) return std::unexpected(next.error());
    if (std::holds_alternative<Watcher::Late>(*next)) {
      if ((*watcher)->answered()) return {};
      if (BootClock::now() >= *until.deadline)
        return fail(Errc::timeout, "the server did not answer the watch in time");
      continue;
    }
    if (const auto* gone = std::get_if<Watcher::Compacted>(&*next)) {
      return std::unexpected(compacted(at, gone->oldest));
    }
    const auto& batch = std::get<Watcher::Batch>(*next);
    std::size_t revisions = 0;
    const bool more = each_revision(batch.events, [&](Revision revision, std::span<const Event> events) {
      ++revisions;
      if (revision <= to) chronicle.apply(revision, events);
      return revision < to;
    });
    if (!more || (batch.header.revision >= to && revisions < kRevisionsAtOnce)) return {};
  }
}

Result<History> read_once(Connection& connection, const KeyRange& range, Revision from, const Until& until) {
  const auto oldest = oldest_revision(connection, range, until);
  if (!oldest) return std::unexpected(oldest.error());
  if (from > 0 && from < *oldest) return std::unexpected(compacted(from, *oldest));
  const Revision at = from > 0 ? from : *oldest;
  const auto snapshot = read_range(connection, range, {.revision = at}, until);
  if (!snapshot) return std::unexpected(snapshot.error());
  History history{snapshot->header, *oldest, Chronicle(snapshot->candidates, at)};
  const auto read = read_events(connection, range, history.chronicle, at, snapshot->header.revision, until);
  if (!read) return std::unexpected(read.error());
  return history;
}

}  // namespace

Result<History> read_history(const Election& election, Revision from, const std::stop_token& stop) {
  Connection& connection = Connection::of(election.client());
  const KeyRange range = keys_below(prefix_of(election.name()));
  const Until until = connection.for_one_call({stop, {}});
  for (;;) {
    auto history = read_once(connection, range, from, until);
    if (history || BootClock::now() >= *until.deadline) return history;
    // A compaction can overtake it: what there is to be read is less then.
    const bool overtaken = from == 0 && history.error().code == Errc::compacted;
    if (!overtaken && !is_passing(history.error().code)) return history;
    pause_for(kPauseBeforeReopening, until.stop);
  }
}

}  // namespace elect
