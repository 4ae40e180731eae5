#include "elect/ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "wire/connection.h"
#include "wire/convert.h"
#include "wire/guarded.h"
#include "wire/lease.h"
#include "wire/outage.h"
#include "wire/range.h"
#include "wire/retry.h"
#include "wire/watcher.h"

namespace elect {
namespace {

constexpr std::int64_t kPage = 1000;  // Records in one answer.
constexpr std::chrono::milliseconds kPauseBeforeRetry{100};
constexpr std::chrono::nanoseconds kPauseBeforeRecordRenewal = std::chrono::seconds(1);
constexpr std::chrono::nanoseconds kShortestRecordRenewal = std::chrono::milliseconds(300);
constexpr std::chrono::nanoseconds kLongestKillAfter = std::chrono::hours(24 * 365);
constexpr std::chrono::milliseconds kPauseBeforeLookingForEnd{200};
constexpr std::chrono::milliseconds kToRecordEnd{500};  // Added to Run::kill_after: to record the end.

WallTime now_in_milliseconds() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

etcdserverpb::Compare compare_mod_revision(const std::string& key, Revision mod_revision) {
  etcdserverpb::Compare compare;
  compare.set_result(etcdserverpb::Compare::EQUAL);
  compare.set_target(etcdserverpb::Compare::MOD);
  compare.set_key(key);
  compare.set_mod_revision(mod_revision);
  return compare;
}

etcdserverpb::Compare compare_candidate_gone(const std::string& key, Revision create_revision) {
  etcdserverpb::Compare compare = compare_create_revision(key, create_revision);
  compare.set_result(etcdserverpb::Compare::NOT_EQUAL);
  return compare;
}

// Claims one run. That takes one Txn, or more if the record changes meanwhile.
class Claimer {
 public:
  Claimer(const Election& election, const Candidate& self, const RunClaim& wanted, std::chrono::seconds ttl,
          LeaseId lease)
      : election_(election), self_(self), wanted_(wanted), key_(once_key_of(election.name(), wanted.id)) {
    run_.id = wanted.id;
    run_.value = self.value;
    run_.key = self.key;
    run_.token = self.create_revision;
    // While this host cannot reach etcd, it does not know that its key was deleted.
    const auto unknown = std::min<std::chrono::nanoseconds>(ttl, kLongestKillAfter);
    const auto known = std::min(wanted.kill_after, kLongestKillAfter - unknown);
    run_.kill_after = std::chrono::ceil<std::chrono::milliseconds>(unknown + known);
    run_.lease = lease;
  }

  // One Txn. nullopt: the record has changed since it was read, and the run may be claimed.
  Result<std::optional<ClaimOutcome>> try_once(const Until& until) {
    Connection& connection = Connection::of(election_.client());
    run_.began = now_in_milliseconds();  // Set here, because wait_for_previous_cmd() may have waited before.
    etcdserverpb::TxnResponse response;
    const auto called =
        connection.call(&etcdserverpb::KV::Stub::Txn, request(), response, connection.for_one_call(until));
    if (!called) return std::unexpected(called.error());
    if (response.succeeded()) {
      return claimed(response.header().revision(),
                     previous_ ? previous_->create_revision : response.header().revision());
    }
    const auto& found = response.responses(0).response_range().kvs();
    const auto& own = response.responses(1).response_range().kvs();
    const bool stands = !own.empty() && own.at(0).create_revision() == self_.create_revision;
    if (found.empty()) {
      if (!stands) return CandidateGone{};
      previous_.reset();  // The record expired or was deleted since it was read.
      return std::nullopt;
    }
    const RunRecord record = run_record_of(mvccpb::KeyValue(found.at(0)));
    // This is the record of an earlier try whose answer was lost: it is on the lease that was granted for it.
    if (record.lease == run_.lease) return claimed(record.mod_revision, record.create_revision);
    Run other = *run_of(election_.name(), record);
    if (!stands) return CandidateGone{};
    const bool read_already = previous_ && previous_->mod_revision == other.mod_revision;
    if (!wanted_.retry || !may_be_retried(other) || read_already) return AlreadyClaimed{std::move(other)};
    if (is_own(other) && !other.end && !wanted_.exclusive) return AlreadyClaimed{std::move(other)};
    previous_ = std::move(other);
    return std::nullopt;
  }

  // A third party may have ended the candidacy of the run that is to be claimed again. Then its CMD may still be
  // stopping. Waits until the record says that it has ended, or until it must have ended.
  void wait_for_previous_cmd(const Until& until) const {
    if (!previous_ || previous_->end || is_own(*previous_)) return;
    const BootTime over = saturating_add(BootClock::now(), previous_->kill_after + kToRecordEnd);
    for (;;) {
      const auto left = over - BootClock::now();
      if (left <= left.zero() || until.stop.stop_requested()) return;
      pause_for(std::min<std::chrono::nanoseconds>(left, kPauseBeforeLookingForEnd), until.stop);
      const auto now = runs(election_, {.id = wanted_.id}, until);
      if (now && (now->runs.empty() || now->runs.front().mod_revision != previous_->mod_revision)) return;
    }
  }

 private:
  [[nodiscard]] bool is_own(const Run& run) const { return run.key == self_.key && run.token == self_.create_revision; }

  [[nodiscard]] ClaimOutcome claimed(Revision revision, Revision create_revision) {
    run_.claim_revision = run_.mod_revision = revision;
    run_.create_revision = create_revision;
    return run_;
  }

  [[nodiscard]] etcdserverpb::TxnRequest request() const {
    etcdserverpb::TxnRequest request;
    *request.add_compare() = compare_create_revision(self_.key, self_.create_revision);
    if (previous_) {
      *request.add_compare() = compare_mod_revision(key_, previous_->mod_revision);
      if (!previous_->end && !is_own(*previous_))
        *request.add_compare() = compare_candidate_gone(previous_->key, previous_->token);
    } else {
      *request.add_compare() = compare_create_revision(key_, 0);
    }
    auto& put = *request.add_success()->mutable_request_put();
    put.set_key(key_);
    put.set_value(record_value_of(run_));
    put.set_lease(run_.lease);
    request.add_failure()->mutable_request_range()->set_key(key_);
    auto& own = *request.add_failure()->mutable_request_range();
    own.set_key(self_.key);
    own.set_keys_only(true);
    return request;
  }

  const Election& election_;
  const Candidate& self_;
  const RunClaim& wanted_;
  const std::string key_;
  Run run_;
  std::optional<Run> previous_;  // The run that is claimed again.
};

struct Records {
  Header header;  // All were read at its revision.
  std::vector<RunRecord> records;
};

// Reads the records of a range in pages, all at one revision.
Result<Records> read_records(Connection& connection, const KeyRange& range, Revision revision, const Until& until) {
  etcdserverpb::RangeRequest request;
  request.set_key(range.begin);
  request.set_range_end(range.end);
  request.set_revision(revision);
  request.set_limit(kPage);
  Records read;
  for (;;) {
    etcdserverpb::RangeResponse response;
    const auto called =
        connection.call(&etcdserverpb::KV::Stub::Range, request, response, connection.for_one_call(until));
    if (!called && revision > 0) {
      return std::unexpected(
          with_revisions(called.error(), connection, range, revision, connection.for_one_call(until)));
    }
    if (!called) return std::unexpected(called.error());
    if (request.revision() == 0) request.set_revision(response.header().revision());
    read.header = header_of(response.header());
    for (auto& kv : *response.mutable_kvs()) read.records.push_back(run_record_of(std::move(kv)));
    if (!response.more() || response.kvs().empty()) break;
    request.set_key(read.records.back().key + '\0');
  }
  read.header.revision = request.revision();
  return read;
}

// Finds the abandoned runs: no end is recorded, and the candidate is gone.
Result<void> find_abandoned(const Election& election, RunListing& listing, const Until& until) {
  const auto open = [](const Run& run) { return !run.end; };
  const auto count = std::ranges::count_if(listing.runs, open);
  if (count == 0) return {};
  Connection& connection = Connection::of(election.client());
  const KeyRange all = keys_below(prefix_of(election.name()));
  const std::string& key = std::ranges::find_if(listing.runs, open)->key;
  const bool one = count == 1 && key.starts_with(all.begin);
  const auto standing =
      read_range(connection, one ? KeyRange{key, {}} : all, {.revision = listing.header.revision, .keys_only = true},
                 connection.for_one_call(until));
  if (!standing) return std::unexpected(standing.error());
  std::map<std::string_view, Revision> tokens;
  for (const auto& candidate : standing->candidates) tokens.emplace(candidate.key, candidate.create_revision);
  for (auto& run : listing.runs) {
    if (run.end) continue;
    const auto found = tokens.find(run.key);
    const bool stands = found != tokens.end() && (run.token == 0 || run.token == found->second);
    run.state = stands ? RunState::running : RunState::abandoned;
  }
  return {};
}

Result<RunListing> list(const Election& election, const RunQuery& query, const Until& until) {
  const KeyRange range =
      query.id ? KeyRange{once_key_of(election.name(), *query.id), {}} : keys_below(once_key_of(election.name(), {}));
  const auto read = read_records(Connection::of(election.client()), range, query.revision, until);
  if (!read) return std::unexpected(read.error());
  RunListing listing{read->header, {}};
  listing.runs.reserve(read->records.size());
  for (const auto& record : read->records) {
    if (auto run = run_of(election.name(), record)) listing.runs.push_back(*std::move(run));
  }
  if (const auto found = find_abandoned(election, listing, until); !found) return std::unexpected(found.error());
  std::ranges::stable_sort(listing.runs, {}, &Run::claim_revision);
  return listing;
}

}  // namespace

Result<RunListing> runs(const Election& election, const RunQuery& query, const Until& until) {
  const BootTime give_up_at = *Connection::of(election.client()).for_one_call(until).deadline;
  for (;;) {
    auto listing = list(election, query, until);
    // A compaction can overtake the pages. Then start again at the present revision.
    if (listing || query.revision > 0 || listing.error().code != Errc::compacted) return listing;
    if (until.stop.stop_requested() || BootClock::now() >= give_up_at) return listing;
    pause_for(kPauseBeforeRetry, until.stop);
  }
}

Result<void> watch_runs(const Election& election, const std::optional<std::string>& id,
                        const std::function<bool(const RunListing&)>& report, const Until& until) {
  Connection& connection = Connection::of(election.client());
  const KeyRange records = keys_below(once_key_of(election.name(), {}));
  const KeyRange candidates = keys_below(prefix_of(election.name()));
  const auto late = [&] { return until.deadline && BootClock::now() >= *until.deadline; };
  std::optional<RunListing> reported;
  std::unique_ptr<Watcher> watcher;
  Outage outage(connection.options());
  for (;;) {
    auto listing = runs(election, {.id = id}, until);
    if (!listing) {
      const Errc code = listing.error().code;
      if (!reported || (!is_transient(code) && code != Errc::compacted)) return std::unexpected(listing.error());
      if (late()) return {};
      if (code != Errc::compacted) outage.begin(listing.error());
      pause_for(kPauseBeforeReopening, until.stop);
      continue;
    }
    outage.end();
    if (!reported || reported->runs != listing->runs) {
      if (!report(*listing)) return {};
    }
    reported = *std::move(listing);
    if (!watcher) {
      auto opened = Watcher::open(connection, {until.stop, {}});
      if (opened) {
        watcher = *std::move(opened);
        watcher->add(1, {records.begin, records.end, reported->header.revision + 1});
        watcher->add(2, {candidates.begin, candidates.end, reported->header.revision + 1});
      } else if (!is_transient(opened.error().code)) {
        return std::unexpected(opened.error());
      }
    }
    // The events themselves are not used. Any event means: read again.
    while (watcher) {
      const auto next = watcher->next({until.stop, until.deadline.value_or(BootTime::max())});
      if (!next && !is_transient(next.error().code)) return std::unexpected(next.error());
      if (!next || std::holds_alternative<Watcher::Compacted>(*next)) {
        watcher.reset();
        pause_for(kPauseBeforeReopening, until.stop);
      } else if (std::holds_alternative<Watcher::Late>(*next)) {
        return {};
      } else if (const auto* batch = std::get_if<Watcher::Batch>(&*next);
                 batch != nullptr && batch->events.back().candidate.mod_revision > reported->header.revision) {
        break;
      }
    }
    if (late()) return {};
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  }
}

Result<ClaimOutcome> claim_run(const Election& election, const Session& session, const Candidacy& candidacy,
                               const RunClaim& claim, const Until& until, const std::stop_token& give_up) {
  Connection& connection = Connection::of(election.client());
  const LeaseId lease = random_lease();
  // A lease without a record is useless, and it would live as long as the record. If the answer to the Txn was lost,
  // the revoke also deletes the record. That is right: CMD has not started, so another claim may run it. Like
  // every withdrawal, this ignores a stop request of `until`.
  const auto revoke = [&] {
    const BootTime limit = connection.deadline_of_call({});
    (void)election.client().revoke(lease, {give_up, std::min(limit, session.validity().expiry())});
  };
  Attempt attempt;
  const auto granted =
      grant_lease(connection, lease, claim.keep, once_key_of(election.name(), claim.id), until, attempt);
  if (!granted) {
    // Also after `unreachable`: the connection may have been cut after the server had received a try.
    const Errc code = granted.error().code;
    if (code == Errc::interrupted || is_transient(code)) revoke();
    return std::unexpected(granted.error());
  }
  Claimer claimer(election, candidacy.self(), claim, session.ttl(), lease);
  for (;;) {
    auto claimed = claimer.try_once(until);
    if (claimed && !*claimed) {  // The record has changed since it was read.
      claimer.wait_for_previous_cmd(until);
      continue;
    }
    if (claimed && std::holds_alternative<Run>(**claimed)) return **std::move(claimed);
    revoke();
    if (!claimed) return std::unexpected(claimed.error());
    return **std::move(claimed);
  }
}

void keep_record(const Election& election, const Run& run, std::chrono::seconds keep, BootTime granted,
                 const std::stop_token& stop) {
  Connection& connection = Connection::of(election.client());
  const std::chrono::nanoseconds third = std::max(std::chrono::nanoseconds(keep) / 3, kShortestRecordRenewal);
  pause_for(saturating_add(granted, third) - BootClock::now(), stop);
  while (!stop.stop_requested()) {
    Attempt attempt;
    const auto renewal = renew_lease(connection, run.lease, connection.for_one_call({stop, {}}), attempt);
    pause_for(renewal ? third : std::min(third, kPauseBeforeRecordRenewal), stop);
  }
}

Result<EndRecorded> record_end(const Election& election, const Run& run, const RunEnd& end, const Until& until) {
  Connection& connection = Connection::of(election.client());
  const std::string key = once_key_of(election.name(), run.id);
  Run with_end = run;
  with_end.end = end;
  const std::string record = record_value_of(with_end);
  etcdserverpb::TxnRequest request;
  *request.add_compare() = compare_mod_revision(key, run.claim_revision);
  auto& put = *request.add_success()->mutable_request_put();
  put.set_key(key);
  put.set_value(record);
  put.set_ignore_lease(true);
  request.add_failure()->mutable_request_range()->set_key(key);
  const auto record_once = [&](const Until& one_call) -> Result<EndRecorded> {
    etcdserverpb::TxnResponse response;
    const auto called = connection.call(&etcdserverpb::KV::Stub::Txn, request, response, one_call);
    if (!called) return std::unexpected(called.error());
    if (response.succeeded()) return EndRecorded::yes;
    const auto& found = response.responses(0).response_range().kvs();
    if (found.empty()) return EndRecorded::gone;
    // If it is our record, an earlier try has put it, and its answer was lost.
    return found.at(0).value() == record ? EndRecorded::yes : EndRecorded::claimed_again;
  };
  if (!until.deadline) return record_once(connection.for_one_call(until));
  return retry_until(connection, *until.deadline, until, record_once);
}

}  // namespace elect
