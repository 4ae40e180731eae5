#include "elect/candidacy.h"

#include <algorithm>
#include <utility>

#include "wire/connection.h"
#include "wire/convert.h"
#include "wire/guarded.h"
#include "wire/range.h"
#include "wire/retry.h"
#include "wire/watcher.h"

namespace elect {
namespace {

// Joins two stop tokens into one. It fires when either fires.
class EitherStop {
 public:
  EitherStop(std::stop_token a, std::stop_token b)
      : a_(std::move(a), Relay{&source_}), b_(std::move(b), Relay{&source_}) {}

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  struct Relay {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };
  std::stop_source source_;
  std::stop_callback<Relay> a_;
  std::stop_callback<Relay> b_;
};

// Reads the candidate in front of the one with that create revision. 0: in front of a new candidate.
etcdserverpb::RangeRequest last_before(const std::string& election, Revision create_revision) {
  auto range = in_queue_order(keys_below(prefix_of(election)));
  range.set_sort_order(etcdserverpb::RangeRequest::DESCEND);
  range.set_limit(1);
  range.set_keys_only(true);
  if (create_revision > 0) range.set_max_create_revision(create_revision - 1);
  return range;
}

constexpr std::int64_t kOwnWatch = 1;
constexpr std::chrono::milliseconds kPauseBeforeLooking{100};

// The loss of a candidacy whose key was deleted.
Loss key_deleted(const std::string& key) {
  return {Loss::Cause::key_deleted,
          "key " + key + " was deleted: somebody resigned it, or its lease was revoked or expired"};
}

// The loss of a leader that has another candidate in front. Create revisions only grow, so this is another store.
Loss overtaken(const std::string& by) {
  return {Loss::Cause::overtaken, "key " + by + " is in front of it now: etcd was restored from a snapshot"};
}

bool has_removal(const Watcher::Batch& batch) {
  return std::ranges::any_of(batch.events, [](const Event& event) { return event.type == Event::Type::removed; });
}

}  // namespace

class Candidacy::Impl {
 public:
  Impl(const Election& election, Session& session)
      : election_(election), connection_(Connection::of(election.client())), session_(session) {
    self_.key = key_of(election.name(), session.lease());
    self_.lease = session.lease();
  }

  [[nodiscard]] Result<void> stand(std::string value, const Until& until, const std::stop_token& give_up);
  // False: the candidate with that key and create revision is gone.
  [[nodiscard]] Result<bool> resume(const std::string& key, Revision create_revision, const Until& until);

  [[nodiscard]] const Candidate& self() const { return self_; }
  [[nodiscard]] bool detached() const { return detached_; }
  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] bool elected() const { return elected_; }
  [[nodiscard]] const Ahead& ahead() const { return ahead_; }

  [[nodiscard]] Result<Verdict> wait(const Until& until, const std::function<void(const Ahead&)>& moved);
  [[nodiscard]] Result<std::optional<Loss>> hold(const Until& until);
  [[nodiscard]] Result<bool> proclaim(std::string value, const Until& until);
  void stop_watching();
  [[nodiscard]] Result<bool> withdraw(const Until& until);

 private:
  // The Txn that puts the key. False: the key exists already; self_ is now that candidate.
  [[nodiscard]] Result<bool> put_key(const std::string& value, const Until& until, Attempt& attempt);
  // Reads the key of this lease into self_. False: there is none.
  [[nodiscard]] Result<bool> find_key(const Until& until);
  // Deletes the key that a Txn may have put although its answer was lost: a key with this `value`, created after
  // revision `before`.
  void take_back(const std::string& value, Revision before, const std::stop_token& give_up);
  // Reads the next candidate in front, in one Txn. False: our own key is gone.
  [[nodiscard]] Result<bool> look_ahead(const Until& until);
  // Watches our own key and, while not elected, the candidate in front, until the verdict is known.
  [[nodiscard]] Result<Verdict> follow(bool leading, const Until& until,
                                       const std::function<void(const Ahead&)>& moved);
  [[nodiscard]] Result<Verdict> follow_stream(bool leading, const Until& until,
                                              const std::function<void(const Ahead&)>& moved);
  void watch_ahead();
  void unwatch_ahead();

  const Election election_;
  Connection& connection_;
  Session& session_;
  Candidate self_;
  Header header_;
  Ahead ahead_;
  bool elected_ = false;
  bool detached_ = false;
  std::unique_ptr<Watcher> watcher_;
  bool watched_before_ = false;   // If there is no watcher now, header_ and ahead_ may be stale.
  std::int64_t ahead_watch_ = 1;  // The ID of the watch on the candidate in front. Each such watch has a new ID.
  bool watching_ahead_ = false;
};

Result<void> Candidacy::Impl::stand(std::string value, const Until& until, const std::stop_token& give_up) {
  bool stands = false;
  if (!session_.owned()) {
    const auto found = find_key(until);
    if (!found) return std::unexpected(found.error());
    stands = *found;
  }
  if (!stands) {
    const Revision before = header_.revision;
    Attempt attempt;
    const auto put = put_key(value, until, attempt);
    if (!put) {
      if (!session_.owned() && attempt.maybe_applied) take_back(value, before, give_up);
      return std::unexpected(put.error());
    }
    if (*put) return {};
  }
  if (self_.lease != session_.lease()) {
    return fail(Errc::refused,
                "the key of this lease stands in the election under another lease: resign that one first");
  }
  if (self_.value != value) {
    if (const auto proclaimed = proclaim(std::move(value), until); !proclaimed) {
      return std::unexpected(proclaimed.error());
    }
  }
  const auto still_there = look_ahead(until);
  if (!still_there) return std::unexpected(still_there.error());
  if (!*still_there) return fail(Errc::refused, "the candidate's key was deleted as soon as it was written");
  return {};
}

Result<bool> Candidacy::Impl::resume(const std::string& key, Revision create_revision, const Until& until) {
  if (!key.starts_with(prefix_of(election_.name()))) {
    return fail(Errc::usage, "the key to be taken up is not one of this election");
  }
  self_.key = key;
  const auto found = find_key(until);
  if (!found) return std::unexpected(found.error());
  if (!*found || self_.create_revision != create_revision) return false;
  if (self_.lease != session_.lease()) {
    return fail(Errc::refused, "the candidate to be taken up is attached to another lease than the session's");
  }
  return look_ahead(until);
}

Result<bool> Candidacy::Impl::put_key(const std::string& value, const Until& until, Attempt& attempt) {
  etcdserverpb::TxnRequest request;
  *request.add_compare() = compare_create_revision(self_.key, 0);
  *request.add_success()->mutable_request_range() = last_before(election_.name(), 0);
  auto& put = *request.add_success()->mutable_request_put();
  put.set_key(self_.key);
  put.set_value(value);
  put.set_lease(self_.lease);
  request.add_failure()->mutable_request_range()->set_key(self_.key);
  etcdserverpb::TxnResponse response;
  auto called = connection_.call(&etcdserverpb::KV::Stub::Txn, request, response, until, &attempt);
  if (!called) return std::unexpected(called.error());
  header_ = header_of(response.header());
  auto& range = *response.mutable_responses(0)->mutable_response_range();
  if (response.succeeded()) {
    self_.value = value;
    self_.create_revision = self_.mod_revision = header_.revision;
    self_.version = 1;
    elected_ = range.kvs().empty();
    if (!elected_) ahead_ = {std::move(*range.mutable_kvs(0)->mutable_key()), range.count()};
    return true;
  }
  if (range.kvs().empty()) {
    return fail(Errc::refused, "etcd contradicts itself: it says that a key exists and that it does not");
  }
  self_ = candidate_of(std::move(*range.mutable_kvs(0)));
  return false;
}

Result<bool> Candidacy::Impl::find_key(const Until& until) {
  etcdserverpb::RangeRequest request;
  request.set_key(self_.key);
  etcdserverpb::RangeResponse response;
  const auto called = connection_.call(&etcdserverpb::KV::Stub::Range, request, response, until);
  if (!called) return std::unexpected(called.error());
  header_ = header_of(response.header());
  if (response.kvs().empty()) return false;
  self_ = candidate_of(std::move(*response.mutable_kvs(0)));
  return true;
}

void Candidacy::Impl::take_back(const std::string& value, Revision before, const std::stop_token& give_up) {
  // The server may still be handling a try. So look until no try can be on its way any more.
  const Until until{give_up, connection_.deadline_of_call({})};
  for (; BootClock::now() < *until.deadline && !give_up.stop_requested(); pause_for(kPauseBeforeLooking, give_up)) {
    const auto found = find_key(until);
    if (!found && !is_transient(found.error().code)) return;
    if (!found || !*found) continue;
    if (self_.create_revision <= before || self_.version != 1 || self_.value != value) return;  // Not our put.
    const auto deleted = delete_guarded(connection_, self_, until);
    if (deleted || !is_transient(deleted.error().code)) return;
  }
}

Result<bool> Candidacy::Impl::look_ahead(const Until& until) {
  etcdserverpb::TxnRequest request;
  *request.add_compare() = compare_create_revision(self_.key, self_.create_revision);
  *request.add_success()->mutable_request_range() = last_before(election_.name(), self_.create_revision);
  etcdserverpb::TxnResponse response;
  auto called = connection_.call(&etcdserverpb::KV::Stub::Txn, request, response, until);
  if (!called) return std::unexpected(called.error());
  if (!response.succeeded()) return false;
  header_ = header_of(response.header());
  auto& before = *response.mutable_responses(0)->mutable_response_range();
  elected_ = before.kvs().empty();
  ahead_.key = elected_ ? std::string() : std::move(*before.mutable_kvs(0)->mutable_key());
  return true;
}

void Candidacy::Impl::watch_ahead() {
  watcher_->add(++ahead_watch_, {ahead_.key, {}, header_.revision + 1, true});
  watching_ahead_ = true;
}

void Candidacy::Impl::unwatch_ahead() {
  if (std::exchange(watching_ahead_, false)) watcher_->cancel(ahead_watch_);
}

Result<Candidacy::Verdict> Candidacy::Impl::follow(bool leading, const Until& until,
                                                   const std::function<void(const Ahead&)>& moved) {
  const EitherStop stop(until.stop, session_.lost_token());
  const Until inner{stop.token(), until.deadline};
  for (;;) {
    auto verdict = follow_stream(leading, inner, moved);
    if (const auto loss = session_.loss()) return *loss;
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    if (verdict) return verdict;
    if (!is_transient(verdict.error().code)) return verdict;
    watcher_.reset();
    if (until.deadline && BootClock::now() >= *until.deadline) return NotElected{};
    pause_for(kPauseBeforeReopening, inner.stop);
  }
}

// Follows with one stream. A retryable error means that the caller needs a new stream.
Result<Candidacy::Verdict> Candidacy::Impl::follow_stream(bool leading, const Until& until,
                                                          const std::function<void(const Ahead&)>& moved) {
  const auto see_ahead = [&]() -> Result<std::optional<Verdict>> {
    const std::string before = ahead_.key;
    const auto still_there = look_ahead(connection_.for_one_call(until));
    if (!still_there) return std::unexpected(still_there.error());
    if (!*still_there) return key_deleted(self_.key);
    if (leading && !elected_) return overtaken(ahead_.key);
    if (!leading && elected_) return Elected{};
    if (moved && !elected_ && ahead_.key != before) moved(ahead_);
    return std::nullopt;
  };

  if (!leading && elected_) return Elected{};
  if (!watcher_) {
    if (std::exchange(watched_before_, true)) {
      const auto seen = see_ahead();
      if (!seen) return std::unexpected(seen.error());
      if (*seen) return **seen;
    }
    auto opened = Watcher::open(connection_, connection_.for_one_call(until));
    if (!opened) return std::unexpected(opened.error());
    watcher_ = *std::move(opened);
    watcher_->add(kOwnWatch, {self_.key, {}, header_.revision + 1, false});
    watching_ahead_ = false;
    if (!elected_) watch_ahead();
  }
  if (elected_) unwatch_ahead();
  for (;;) {
    // Wait no longer than the session's deadline: loss() knows of a loss before the session's thread does.
    const BootTime lost_from = session_.validity().lost_from();
    auto next = watcher_->next({until.stop, std::min(until.deadline.value_or(lost_from), lost_from)});
    if (!next) return std::unexpected(next.error());
    if (std::holds_alternative<Watcher::Late>(*next)) {
      if (const auto loss = session_.loss()) return *loss;
      if (until.deadline && BootClock::now() >= *until.deadline) return NotElected{};
      continue;
    }
    if (std::holds_alternative<Watcher::Compacted>(*next)) {
      return fail(Errc::unavailable, "a compaction overtook the watch");
    }
    if (std::holds_alternative<Watcher::Progress>(*next)) continue;
    const auto& batch = std::get<Watcher::Batch>(*next);
    if (batch.id == kOwnWatch && batch.events.back().type == Event::Type::put) {
      detached_ = batch.events.back().candidate.lease != self_.lease;
    }
    if (!has_removal(batch)) continue;
    if (batch.id == kOwnWatch) return key_deleted(self_.key);
    if (batch.id != ahead_watch_ || elected_) continue;
    // When elected, return at once: hold() cancels this watch.
    const auto seen = see_ahead();
    if (!seen) return std::unexpected(seen.error());
    if (*seen) return **seen;
    unwatch_ahead();
    if (!elected_) watch_ahead();
  }
}

Result<Candidacy::Verdict> Candidacy::Impl::wait(const Until& until, const std::function<void(const Ahead&)>& moved) {
  return follow(false, until, moved);
}

Result<std::optional<Loss>> Candidacy::Impl::hold(const Until& until) {
  const auto verdict = follow(true, until, {});
  if (!verdict) return std::unexpected(verdict.error());
  if (const auto* loss = std::get_if<Loss>(&*verdict)) return *loss;
  return std::nullopt;
}

// header_ stays unchanged: the next watch starts after the revision at which the queue was last read.
Result<bool> Candidacy::Impl::proclaim(std::string value, const Until& until) {
  const auto put = put_guarded(connection_, self_, value, until);
  if (!put) return std::unexpected(put.error());
  if (!put->succeeded) return false;
  self_.value = std::move(value);
  self_.mod_revision = put->header.revision;
  ++self_.version;
  return true;
}

void Candidacy::Impl::stop_watching() {
  if (watcher_) watcher_->request_stop();
}

Result<bool> Candidacy::Impl::withdraw(const Until& until) {
  // Retries until the lease expires: then etcd deletes the key itself. If etcd has said that the lease is gone, there
  // is one try: see session.cc.
  const auto loss = session_.loss();
  const bool gone = loss && loss->cause == Loss::Cause::lease_gone;
  const BootTime give_up_at = gone ? BootClock::now() : session_.validity().expiry();
  int tries = 0;
  const auto deleted = retry_until(connection_, give_up_at, until, [&](const Until& one_call) {
    ++tries;
    return delete_guarded(connection_, self_, one_call);
  });
  if (!deleted) return std::unexpected(deleted.error());
  return deleted->succeeded || deleted->maybe_applied || tries > 1;  // A try that failed may have deleted the key.
}

Result<std::unique_ptr<Candidacy>> Candidacy::stand(const Election& election, Session& session, std::string value,
                                                    const Until& until, const std::stop_token& give_up) {
  auto impl = std::make_unique<Impl>(election, session);
  if (const auto stands = impl->stand(std::move(value), until, give_up); !stands) {
    return std::unexpected(stands.error());
  }
  return std::unique_ptr<Candidacy>(new Candidacy(std::move(impl)));
}

Result<std::unique_ptr<Candidacy>> Candidacy::resume(const Election& election, Session& session, const std::string& key,
                                                     Revision create_revision, const Until& until) {
  auto impl = std::make_unique<Impl>(election, session);
  const auto stands = impl->resume(key, create_revision, until);
  if (!stands) return std::unexpected(stands.error());
  return std::unique_ptr<Candidacy>(*stands ? new Candidacy(std::move(impl)) : nullptr);
}

Candidacy::Candidacy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Candidacy::~Candidacy() = default;
const Candidate& Candidacy::self() const { return impl_->self(); }
bool Candidacy::detached() const { return impl_->detached(); }
const Header& Candidacy::header() const { return impl_->header(); }
bool Candidacy::elected() const { return impl_->elected(); }
const Ahead& Candidacy::ahead() const { return impl_->ahead(); }
Result<Candidacy::Verdict> Candidacy::wait(const Until& until, const std::function<void(const Ahead&)>& moved) {
  return impl_->wait(until, moved);
}
Result<std::optional<Loss>> Candidacy::hold(const Until& until) { return impl_->hold(until); }
Result<bool> Candidacy::proclaim(std::string value, const Until& until) {
  return impl_->proclaim(std::move(value), until);
}
void Candidacy::stop_watching() { impl_->stop_watching(); }
Result<bool> Candidacy::withdraw(const Until& until) { return impl_->withdraw(until); }

}  // namespace elect
