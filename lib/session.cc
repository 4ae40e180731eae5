#include "elect/session.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/thread.h"
#include "wire/lease.h"

namespace elect {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds kPauseAfterFailure = 100ms;
constexpr nanoseconds kShortestRenewal = 300ms;

std::string gone(LeaseId lease) {
  return fmt::format("lease {} is gone: it was revoked or has expired", hex_of(lease));
}

// To ask again would be to be refused again.
bool is_about_account(Errc code) { return code == Errc::unauthenticated || code == Errc::permission; }

}  // namespace

LeaseId random_lease() {
  std::random_device random;
  const std::uint64_t bits = (std::uint64_t{random()} << 32U) | random();
  return static_cast<LeaseId>((bits >> 1U) | 1U);
}

Result<std::unique_ptr<Session>> Session::open(Client& client, SessionOptions options, const Until& until) {
  const bool owned = options.lease == 0;
  if (owned && options.ttl < 1s) return fail(Errc::usage, "the time to live of a lease is at least 1s");
  const LeaseId fresh = options.grant_as != 0 ? options.grant_as : random_lease();
  const auto granted = owned ? grant_lease(Connection::of(client), fresh, options.ttl, until)
                             : take_up_lease(Connection::of(client), options.lease, until);
  if (!granted) return std::unexpected(granted.error());
  std::unique_ptr<Session> session(new Session(client, std::move(options), granted->lease, owned, granted->deadline));
  if (session->options_.on_renewed) session->options_.on_renewed(granted->deadline);
  auto renewal = start_thread([raw = session.get()](std::stop_token stop) { raw->renew_until(std::move(stop)); });
  if (!renewal) {
    // A lease that nobody renews is of no use. What cannot be revoked now ends by itself.
    (void)session->close(until.stop);
    return std::unexpected(renewal.error());
  }
  session->renewal_ = *std::move(renewal);
  return session;
}

Session::Session(Client& client, SessionOptions options, LeaseId lease, bool owned, Deadline deadline)
    : client_(client), options_(std::move(options)), lease_(lease), owned_(owned), deadline_(deadline) {}

Session::~Session() = default;

seconds Session::ttl() const { return std::chrono::duration_cast<seconds>(deadline().ttl()); }

Deadline Session::deadline() const {
  const std::lock_guard lock(mutex_);
  return deadline_;
}

std::optional<Loss> Session::loss() const {
  std::optional<Loss> expired;
  {
    const std::lock_guard lock(mutex_);
    if (loss_ || closed_ || deadline_.at(BootClock::now()) != Deadline::State::lost) return loss_;
    expired = {Loss::Cause::no_answer, fmt::format("lease {} could not be renewed for {}: {}", hex_of(lease_),
                                                   format_duration(deadline_.ttl() / 10 * 9), why_unanswered_)};
  }
  lose(*std::move(expired));
  const std::lock_guard lock(mutex_);
  return loss_;
}

void Session::lose(Loss loss) const {
  {
    const std::lock_guard lock(mutex_);
    if (loss_ || closed_) return;
    loss_ = std::move(loss);
  }
  lost_.request_stop();
}

void Session::renew_until(std::stop_token stop) {
  Deadline known = deadline();
  // A third after it was granted, also where the answer came late: 2/3 may be over soon.
  BootTime due = known.expiry() - known.ttl() / 3 * 2;
  for (;;) {
    pause_for(due - BootClock::now(), stop);
    if (stop.stop_requested() || loss()) return;
    const BootTime now = BootClock::now();
    // Short enough that another endpoint can still be asked before the deadline becomes uncertain.
    const nanoseconds patience = std::max(known.ttl() / 6, kShortestRenewal);
    Attempt attempt;
    const auto ttl =
        renew_lease(Connection::of(client_), lease_, {stop, std::min(now + patience, known.lost_from())}, attempt);
    if (stop.stop_requested()) return;
    if (ttl && *ttl <= 0s) return lose({Loss::Cause::lease_gone, gone(lease_)});
    if (!ttl) {
      if (is_about_account(ttl.error().code)) {
        const std::lock_guard lock(mutex_);
        why_unanswered_ = describe(ttl.error());
      }
      due = std::min(BootClock::now() + kPauseAfterFailure, known.lost_from());
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (loss_) return;  // It was told already: no answer undoes that.
      deadline_.renew(attempt.sent, *ttl);
      known = deadline_;
    }
    if (options_.on_renewed) options_.on_renewed(known);
    due = attempt.sent + known.ttl() / 3;
  }
}

Result<void> Session::close(std::stop_token stop) {
  renewal_.request_stop();
  auto ended = end_lease(stop);
  // Only now: whoever is next in a queue need not wait for a thread of ours.
  if (renewal_.joinable()) renewal_.join();
  return ended;
}

Result<void> Session::end_lease(const std::stop_token& stop) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true) || !owned_ || (loss_ && loss_->cause == Loss::Cause::lease_gone)) return {};
  }
  const BootTime expiry = deadline().expiry();
  // However long the endpoints are out of reach, the server ends the lease itself at that time.
  for (;;) {
    const auto revoked = client_.revoke(lease_, {stop, std::max(expiry, BootClock::now() + 1s)});
    if (revoked) return {};
    const Errc code = revoked.error().code;
    if (code == Errc::interrupted || is_about_account(code) || BootClock::now() >= expiry) {
      return std::unexpected(revoked.error());
    }
    pause_for(kPauseAfterFailure, stop);
  }
}

}  // namespace elect
