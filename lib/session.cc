#include "elect/session.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/thread.h"
#include "wire/lease.h"
#include "wire/retry.h"

namespace elect {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds kPauseAfterFailure = 100ms;
constexpr nanoseconds kShortestRenewal = 300ms;
constexpr std::string_view kUnconfirmed = "it answered, but no majority confirmed its answer";

std::string lease_gone_text(LeaseId lease) { return fmt::format("lease {} was revoked or has expired", hex_of(lease)); }

}  // namespace

LeaseId random_lease() {
  std::random_device random;
  const std::uint64_t bits = (std::uint64_t{random()} << 32U) | random();
  return static_cast<LeaseId>((bits >> 1U) | 1U);
}

// The thread renews until it is told to stop or the session is lost. Validity counts from when a renewal was sent.
class Session::Impl {
 public:
  Impl(Client& client, SessionOptions options, const Granted& granted, bool owned)
      : client_(client),
        options_(std::move(options)),
        lease_(granted.lease),
        owned_(owned),
        raft_term_(granted.raft_term),
        validity_(granted.validity) {}

  [[nodiscard]] Result<void> start();
  [[nodiscard]] LeaseId lease() const { return lease_; }
  [[nodiscard]] bool owned() const { return owned_; }
  [[nodiscard]] Validity validity() const;
  [[nodiscard]] std::stop_token lost_token() const { return lost_.get_token(); }
  [[nodiscard]] std::optional<Loss> loss();
  [[nodiscard]] std::string silence() const;
  void stop_renewing() { renewal_.request_stop(); }
  [[nodiscard]] Result<void> close(const Until& until);

 private:
  void renew_until(std::stop_token stop);
  void lose(Loss loss);
  [[nodiscard]] std::string silence_for(nanoseconds duration) const;  // With mutex_ held.
  [[nodiscard]] Result<void> end_lease(const Until& until);

  Client& client_;
  const SessionOptions options_;
  const LeaseId lease_;
  const bool owned_;
  RaftTerm raft_term_;  // As confirmed last. Only the renewing thread uses it.

  mutable std::mutex mutex_;
  Validity validity_;
  std::optional<Loss> loss_;
  std::string last_refusal_;  // The last error from etcd instead of a renewal. Empty: etcd did not answer.
  bool closed_ = false;

  std::stop_source lost_;
  std::jthread renewal_;  // Declared last: it uses all fields above.
};

Result<void> Session::Impl::start() {
  if (options_.on_renewed) options_.on_renewed(validity_);
  auto renewal = start_thread([this](std::stop_token stop) { renew_until(std::move(stop)); });
  if (!renewal) return std::unexpected(renewal.error());
  renewal_ = *std::move(renewal);
  return {};
}

Validity Session::Impl::validity() const {
  const std::lock_guard lock(mutex_);
  return validity_;
}

std::optional<Loss> Session::Impl::loss() {
  std::optional<Loss> expired;
  {
    const std::lock_guard lock(mutex_);
    if (loss_ || closed_ || validity_.at(BootClock::now()) != Validity::State::lost) return loss_;
    expired = {Loss::Cause::no_answer, silence_for(validity_.ttl() / 10 * 9)};
  }
  lose(*std::move(expired));
  const std::lock_guard lock(mutex_);
  return loss_;
}

std::string Session::Impl::silence_for(nanoseconds duration) const {
  const std::string text = format_duration(std::chrono::round<std::chrono::milliseconds>(duration));
  if (last_refusal_.empty()) return fmt::format("etcd did not answer for {}", text);
  return fmt::format("etcd did not renew the lease for {}: {}", text, last_refusal_);
}

std::string Session::Impl::silence() const {
  const std::lock_guard lock(mutex_);
  const BootTime sent = validity_.expiry() - validity_.ttl();
  return silence_for(std::chrono::round<std::chrono::milliseconds>(BootClock::now() - sent) / 100 * 100);
}

void Session::Impl::lose(Loss loss) {
  {
    const std::lock_guard lock(mutex_);
    if (loss_ || closed_) return;
    loss_ = std::move(loss);
  }
  lost_.request_stop();
}

void Session::Impl::renew_until(std::stop_token stop) {
  Validity known = validity();
  // The first renewal is due a third of the TTL after the grant was sent. That holds even if the answer came late: 2/3
  // may be over soon.
  BootTime due = known.expiry() - known.ttl() / 3 * 2;
  Connection& connection = Connection::of(client_);
  // Short enough to ask another endpoint before the validity becomes uncertain.
  const auto one_call = [&] {
    const nanoseconds timeout = std::max(known.ttl() / 6, kShortestRenewal);
    return Until{stop, std::min(BootClock::now() + timeout, known.lost_from())};
  };
  const auto failed = [&](const Error& error) {
    const std::lock_guard lock(mutex_);
    if (is_about_account(error.code)) {
      last_refusal_ = describe(error);
    } else if (last_refusal_ == kUnconfirmed) {
      last_refusal_.clear();
    }
    due = std::min(BootClock::now() + kPauseAfterFailure, known.lost_from());
  };
  for (;;) {
    pause_for(due - BootClock::now(), stop);
    if (stop.stop_requested() || loss()) return;
    Attempt attempt;
    const auto renewal = renew_lease(connection, lease_, one_call(), attempt);
    if (stop.stop_requested()) return;
    if (!renewal) {
      failed(renewal.error());
      continue;
    }
    const auto confirmed = confirm(connection, *renewal, raft_term_, options_.readable_key, one_call());
    if (stop.stop_requested()) return;
    if (confirmed) raft_term_ = confirmed->raft_term;
    if (!confirmed || !confirmed->counts) {
      due = std::min(BootClock::now() + kPauseAfterUnconfirmed, known.lost_from());
      const std::lock_guard lock(mutex_);
      last_refusal_ = kUnconfirmed;
      continue;
    }
    if (renewal->ttl <= 0s) return lose({Loss::Cause::lease_gone, lease_gone_text(lease_)});
    {
      const std::lock_guard lock(mutex_);
      if (loss_) return;  // The loss was reported already. No answer undoes it.
      validity_.renew(attempt.sent, renewal->ttl);
      known = validity_;
      last_refusal_.clear();
    }
    if (options_.on_renewed) options_.on_renewed(known);
    due = attempt.sent + known.ttl() / 3;
  }
}

Result<void> Session::Impl::close(const Until& until) {
  stop_renewing();
  auto ended = end_lease(until);
  // Join only now: the next candidate in the queue need not wait for our thread.
  if (renewal_.joinable()) renewal_.join();
  return ended;
}

Result<void> Session::Impl::end_lease(const Until& until) {
  bool gone = false;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true) || !owned_) return {};
    gone = loss_ && loss_->cause == Loss::Cause::lease_gone;
  }
  // Retries until the lease expires: then the server ends it itself. If a member has said that the lease is gone, that
  // may be wrong: it may not have applied the grant yet (etcd issue 13675). So one try is made.
  const BootTime give_up_at = gone ? BootClock::now() : validity().expiry();
  const auto revoked = retry_until(Connection::of(client_), give_up_at, until,
                                   [this](const Until& one_call) { return client_.revoke(lease_, one_call); });
  if (!revoked && !gone) return std::unexpected(revoked.error());
  return {};
}

Result<std::unique_ptr<Session>> Session::open(Client& client, SessionOptions options, const Until& until,
                                               const std::stop_token& give_up) {
  const bool owned = options.lease == 0;
  if (owned && options.ttl < 1s) return fail(Errc::usage, "a lease must live for at least 1s");
  const LeaseId new_lease = options.grant_as != 0 ? options.grant_as : random_lease();
  Connection& connection = Connection::of(client);
  Attempt attempt;
  const auto granted = owned ? grant_lease(connection, new_lease, options.ttl, options.readable_key, until, attempt)
                             : use_existing_lease(connection, options.lease, options.readable_key, until);
  if (!granted) {
    // The caller does not know the ID, so nobody can use this lease. Like every withdrawal, this ignores a stop
    // request.
    if (attempt.maybe_applied && options.grant_as == 0) {
      const BootTime expiry = saturating_add(attempt.sent, options.ttl);
      // If nothing has answered for the whole time of a call, etcd probably does not answer now.
      const BootTime limit =
          granted.error().code == Errc::timeout ? BootClock::now() + 1s : connection.deadline_of_call({});
      (void)client.revoke(new_lease, {give_up, std::min(limit, expiry)});
    }
    return std::unexpected(granted.error());
  }
  std::unique_ptr<Session> session(new Session(std::make_unique<Impl>(client, std::move(options), *granted, owned)));
  if (auto started = session->impl_->start(); !started) {
    // A lease that nobody renews is useless. If it cannot be revoked now, it expires.
    (void)session->close({until.stop, {}});
    return std::unexpected(started.error());
  }
  return session;
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
LeaseId Session::lease() const { return impl_->lease(); }
bool Session::owned() const { return impl_->owned(); }
seconds Session::ttl() const { return std::chrono::duration_cast<seconds>(validity().ttl()); }
Validity Session::validity() const { return impl_->validity(); }
std::stop_token Session::lost_token() const { return impl_->lost_token(); }
std::optional<Loss> Session::loss() const { return impl_->loss(); }
std::string Session::silence() const { return impl_->silence(); }
void Session::stop_renewing() { impl_->stop_renewing(); }
Result<void> Session::close(const Until& until) { return impl_->close(until); }

}  // namespace elect
