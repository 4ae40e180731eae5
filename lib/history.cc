#include "elect/history.h"

#include <algorithm>

#include "wire/follow.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

// If a watch starts in the past, etcd sends at most this many revisions in one batch. The rest comes in later batches.
constexpr std::size_t kRevisionsAtOnce = 1000;
constexpr auto kAskAgain = 100ms;
constexpr std::int64_t kHistoryWatch = 1;  // The watch that reads the past. Watches with higher IDs are probes.
constexpr int kProbes = 2;

// Reads the past with a watch. The server must show that the past is complete. One of these shows it:
// - an event of revision `read_until_` or a later one;
// - a batch that is smaller than the server would make it if there were more;
// - a progress answer that its watches are past `read_until_`;
// - two probes, if the server cannot answer about progress (see Watcher::ask_for_progress).
// A probe is a watch on something that surely has an event. The event comes when the server has handled the watches
// that start in the past. The server handles several of them in one round, and answers these in any order. So one
// probe is not enough. The second probe starts after the event of the first. When its event comes, too, all of the
// past has come before it.
class HistoryReader {
 public:
  HistoryReader(Connection& connection, const KeyRange& range, History& history, Revision from)
      : connection_(connection),
        range_(range),
        history_(history),
        read_so_far_(from),
        read_until_(history.header.revision) {}

  Result<void> run(const Until& until) {
    if (read_so_far_ >= read_until_) return {};
    auto read = run_with(whole_store(), until);
    if (read || !probe_refused_) return read;
    const auto allowed =
        read_range(connection_, keys_below({}), {.limit = 1, .keys_only = true, .by_key = true}, until);
    if (allowed || allowed.error().code != Errc::permission) return read;
    if (history_.oldest_revision > 1) return run_with(before_compaction(), until);
    return fail(Errc::permission,
                "whether the history is complete, this version of etcd says only to an account that may read all keys; "
                "use such an account, or etcd 3.4.25, 3.5.8 or newer");
  }

 private:
  // Revision `read_until_` has an event, on some key.
  [[nodiscard]] Watcher::Target whole_store() const {
    return {std::string(1, '\0'), std::string(1, '\0'), read_until_};
  }
  // The server refuses this watch and names the oldest revision.
  [[nodiscard]] Watcher::Target before_compaction() const { return {range_.begin, range_.end, 1}; }

  Result<void> run_with(const Watcher::Target& probe, const Until& until) {
    const auto watcher = Watcher::open(connection_, until);
    if (!watcher) return std::unexpected(watcher.error());
    (*watcher)->add(kHistoryWatch, {range_.begin, range_.end, read_so_far_ + 1});
    std::int64_t started = 0;   // Probes started.
    std::int64_t answered = 0;  // Probes whose event has come.
    for (;;) {
      const BootTime soon = saturating_add(BootClock::now(), kAskAgain);
      const auto next = (*watcher)->next({until.stop, std::min(soon, *until.deadline)});
      if (!next) {
        probe_refused_ = started > answered && (*watcher)->watch_created();
        return std::unexpected(next.error());
      }
      if (std::holds_alternative<Watcher::Late>(*next)) {
        if (BootClock::now() >= *until.deadline) {
          return fail(Errc::timeout, "etcd did not send the whole history in time", {}, Remedy::command_timeout);
        }
        const auto trusted = (*watcher)->progress_is_trusted();
        if (trusted && *trusted) (*watcher)->ask_for_progress();
        if (trusted && !*trusted && started == answered) (*watcher)->add(kHistoryWatch + ++started, probe);
        continue;
      }
      const auto* progress = std::get_if<Watcher::Progress>(&*next);
      if (progress != nullptr && progress->revision >= read_until_) return {};
      const auto* gone = std::get_if<Watcher::Compacted>(&*next);
      if (gone != nullptr && gone->id == kHistoryWatch) return std::unexpected(compacted(read_so_far_, gone->oldest));
      const auto* batch = std::get_if<Watcher::Batch>(&*next);
      if (batch != nullptr && batch->id == kHistoryWatch) {
        if (is_last(*batch)) return {};
      } else if (const auto id = gone != nullptr    ? gone->id
                                 : batch != nullptr ? batch->id
                                                    : 0;
                 id == kHistoryWatch + started) {
        answered = started;
        if (answered == kProbes) return {};
        (*watcher)->add(kHistoryWatch + ++started, probe);
      }
    }
  }

  bool is_last(const Watcher::Batch& batch) {
    std::size_t revisions = 0;
    const bool more = each_revision(batch.events, [&](Revision revision, std::span<const Event> events) {
      ++revisions;
      read_so_far_ = revision;
      if (revision <= read_until_) history_.chronicle.apply(revision, events);
      return revision < read_until_;
    });
    return !more || (batch.header.revision >= read_until_ && revisions < kRevisionsAtOnce);
  }

  Connection& connection_;
  const KeyRange& range_;
  History& history_;
  Revision read_so_far_;
  const Revision read_until_;
  bool probe_refused_ = false;
};

Result<History> read_once(Connection& connection, const KeyRange& range, Revision from, const Until& until) {
  const auto oldest = oldest_revision(connection, range, until);
  if (!oldest) return std::unexpected(oldest.error());
  if (from > 0 && from < *oldest) return std::unexpected(compacted(from, *oldest));
  const Revision at = from > 0 ? from : *oldest;
  const auto snapshot = read_range(connection, range, {.revision = at}, until);
  if (!snapshot) return std::unexpected(snapshot.error());
  History history{snapshot->header, *oldest, Chronicle(snapshot->candidates, at)};
  if (const auto read = HistoryReader(connection, range, history, at).run(until); !read) {
    return std::unexpected(read.error());
  }
  return history;
}

}  // namespace

Result<History> read_history(const Election& election, Revision from, const Until& caller) {
  Connection& connection = Connection::of(election.client());
  const KeyRange range = keys_below(prefix_of(election.name()));
  const Until until = connection.for_one_call(caller);
  std::optional<Error> earlier_error;
  for (;;) {
    auto history = read_once(connection, range, from, until);
    if (history) return history;
    const Errc code = history.error().code;
    if (BootClock::now() >= *until.deadline) {
      // The last try may have had little time left. Then the error of an earlier try says more.
      return code != Errc::unavailable && is_transient(code) && earlier_error
                 ? Result<History>(std::unexpected(*earlier_error))
                 : history;
    }
    // A compaction can overtake the read. Then start again: the history is shorter now.
    const bool overtaken = from == 0 && code == Errc::compacted;
    if (code == Errc::unreachable || (!overtaken && !is_transient(code))) return history;
    earlier_error = history.error();
    pause_for(kPauseBeforeReopening, until.stop);
  }
}

}  // namespace elect
