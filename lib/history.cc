#include "elect/history.h"

#include <algorithm>

#include "wire/follow.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

// If a watch starts in the past, etcd sends at most this many revisions in one batch. The rest comes in later batches.
constexpr std::size_t kRevisionsAtOnce = 1000;
constexpr auto kAskAgain = 100ms;
constexpr std::int64_t kPast = 1;  // The watch that reads the past. Watches with higher IDs are beacons.
constexpr int kBeacons = 2;

// Reads the past with a watch. The server must show that the past is complete. One of these shows it:
// - an event of revision `to` or a later one;
// - a batch that is smaller than the server would make it if there were more;
// - a progress answer that its watches are past `to`;
// - two beacons, if the server cannot answer about progress (see Watcher::ask_for_progress).
// A beacon is a watch on something that surely has an event. The event comes when the server has handled the watches
// that start in the past. The server handles several of them in one round, and answers these in any order. So one
// beacon is not enough. The second beacon starts after the event of the first. When its event comes, too, all of the
// past has come before it.
class Reading {
 public:
  Reading(Connection& connection, const KeyRange& range, History& history, Revision from)
      : connection_(connection), range_(range), history_(history), at_(from), to_(history.header.revision) {}

  Result<void> run(const Until& until) {
    if (at_ >= to_) return {};
    auto read = run_with(whole_store(), until);
    if (read || !beacon_refused_) return read;
    const auto allowed =
        read_range(connection_, keys_below({}), {.limit = 1, .keys_only = true, .by_key = true}, until);
    if (allowed || allowed.error().code != Errc::permission) return read;
    if (history_.oldest_revision > 1) return run_with(before_compaction(), until);
    return fail(Errc::permission,
                "whether the history is complete, this version of etcd says only to an account that may read all keys; "
                "use such an account, or etcd 3.4.25, 3.5.8 or newer");
  }

 private:
  // Revision `to` has an event, on some key.
  [[nodiscard]] Watcher::Target whole_store() const { return {std::string(1, '\0'), std::string(1, '\0'), to_}; }
  // The server refuses this watch and names the oldest revision.
  [[nodiscard]] Watcher::Target before_compaction() const { return {range_.begin, range_.end, 1}; }

  Result<void> run_with(const Watcher::Target& beacon, const Until& until) {
    const auto watcher = Watcher::open(connection_, until);
    if (!watcher) return std::unexpected(watcher.error());
    (*watcher)->add(kPast, {range_.begin, range_.end, at_ + 1});
    std::int64_t lit = 0;   // Beacons started.
    std::int64_t seen = 0;  // Beacons whose event has come.
    for (;;) {
      const BootTime soon = saturating_add(BootClock::now(), kAskAgain);
      const auto next = (*watcher)->next({until.stop, std::min(soon, *until.deadline)});
      if (!next) {
        beacon_refused_ = lit > seen && (*watcher)->answered();
        return std::unexpected(next.error());
      }
      if (std::holds_alternative<Watcher::Late>(*next)) {
        if (BootClock::now() >= *until.deadline) {
          return fail(Errc::timeout, "etcd did not send the whole history in time", {}, Remedy::command_timeout);
        }
        const auto tells = (*watcher)->tells_progress();
        if (tells && *tells) (*watcher)->ask_for_progress();
        if (tells && !*tells && lit == seen) (*watcher)->add(kPast + ++lit, beacon);
        continue;
      }
      const auto* progress = std::get_if<Watcher::Progress>(&*next);
      if (progress != nullptr && progress->revision >= to_) return {};
      const auto* gone = std::get_if<Watcher::Compacted>(&*next);
      if (gone != nullptr && gone->id == kPast) return std::unexpected(compacted(at_, gone->oldest));
      const auto* batch = std::get_if<Watcher::Batch>(&*next);
      if (batch != nullptr && batch->id == kPast) {
        if (is_last(*batch)) return {};
      } else if (const auto id = gone != nullptr ? gone->id : batch != nullptr ? batch->id : 0; id == kPast + lit) {
        seen = lit;
        if (seen == kBeacons) return {};
        (*watcher)->add(kPast + ++lit, beacon);
      }
    }
  }

  bool is_last(const Watcher::Batch& batch) {
    std::size_t revisions = 0;
    const bool more = each_revision(batch.events, [&](Revision revision, std::span<const Event> events) {
      ++revisions;
      at_ = revision;
      if (revision <= to_) history_.chronicle.apply(revision, events);
      return revision < to_;
    });
    return !more || (batch.header.revision >= to_ && revisions < kRevisionsAtOnce);
  }

  Connection& connection_;
  const KeyRange& range_;
  History& history_;
  Revision at_;
  const Revision to_;
  bool beacon_refused_ = false;
};

Result<History> read_once(Connection& connection, const KeyRange& range, Revision from, const Until& until) {
  const auto oldest = oldest_revision(connection, range, until);
  if (!oldest) return std::unexpected(oldest.error());
  if (from > 0 && from < *oldest) return std::unexpected(compacted(from, *oldest));
  const Revision at = from > 0 ? from : *oldest;
  const auto snapshot = read_range(connection, range, {.revision = at}, until);
  if (!snapshot) return std::unexpected(snapshot.error());
  History history{snapshot->header, *oldest, Chronicle(snapshot->candidates, at)};
  if (const auto read = Reading(connection, range, history, at).run(until); !read) {
    return std::unexpected(read.error());
  }
  return history;
}

}  // namespace

Result<History> read_history(const Election& election, Revision from, const Until& caller) {
  Connection& connection = Connection::of(election.client());
  const KeyRange range = keys_below(prefix_of(election.name()));
  const Until until = connection.for_one_call(caller);
  std::optional<Error> telling;
  for (;;) {
    auto history = read_once(connection, range, from, until);
    if (history) return history;
    const Errc code = history.error().code;
    if (BootClock::now() >= *until.deadline) {
      // The last try may have had little time left. Then the error of an earlier try says more.
      return code != Errc::unavailable && is_transient(code) && telling ? Result<History>(std::unexpected(*telling))
                                                                        : history;
    }
    // A compaction can overtake the read. Then start again: the history is shorter now.
    const bool overtaken = from == 0 && code == Errc::compacted;
    if (!overtaken && !is_transient(code)) return history;
    telling = history.error();
    pause_for(kPauseBeforeReopening, until.stop);
  }
}

}  // namespace elect
