#include "wire/lease.h"

#include <fmt/format.h>

namespace elect {

using namespace std::chrono_literals;
using std::chrono::seconds;

namespace {

// The raft term at a linearizable read of this key. nullopt: the account may not read it, or is not accepted.
Result<std::optional<RaftTerm>> read_raft_term(Connection& connection, const std::string& readable_key,
                                               const Until& until) {
  const std::string key = readable_key.empty() ? std::string(1, '\0') : readable_key;
  const auto header = connection.read_header({key, {}}, until);
  if (header) return header->raft_term;
  if (is_about_account(header.error().code)) return std::nullopt;
  return std::unexpected(header.error());
}

}  // namespace

Result<Renewal> renew_lease(Connection& connection, LeaseId lease, const Until& until, Attempt& attempt) {
  etcdserverpb::LeaseKeepAliveResponse response;
  auto called = connection.run(
      "LeaseKeepAlive",
      [&](const Link& link, grpc::ClientContext& context) -> grpc::Status {
        context.AddMetadata("hasleader", "true");
        etcdserverpb::Lease::Stub stub(link.channel);
        const auto stream = stub.LeaseKeepAlive(&context);
        etcdserverpb::LeaseKeepAliveRequest request;
        request.set_id(lease);
        stream->Write(request);
        const bool answered = stream->Read(&response);
        // The answer is all that is wanted: not waiting for the stream's end saves a turn.
        if (answered) {
          context.TryCancel();
          (void)stream->Finish();
          return is_answer(request, response) ? grpc::Status::OK : not_an_answer();
        }
        const grpc::Status status = stream->Finish();
        return status.ok() ? own_status("etcd did not answer a renewal of the lease") : status;
      },
      // etcd renews a lease without a login. An account that is no longer accepted does not end leadership.
      until, &attempt, Connection::Login::optional);
  if (!called) {
    if (called.error().code == Errc::lease_not_found) return Renewal{0s, std::nullopt};
    return std::unexpected(called.error());
  }
  return Renewal{seconds(response.ttl()), response.header().raft_term()};
}

Result<Confirmation> confirm(Connection& connection, const Renewal& renewal, std::optional<RaftTerm> before,
                             const std::string& readable_key, const Until& until) {
  const auto after = read_raft_term(connection, readable_key, until);
  if (!after) return std::unexpected(after.error());
  const bool known = before && *after && renewal.raft_term;
  return Confirmation{.counts = !known || (*before == *renewal.raft_term && **after == *renewal.raft_term),
                      .raft_term = after->value_or(renewal.raft_term.value_or(0))};
}

Result<Granted> use_existing_lease(Connection& connection, LeaseId lease, const std::string& readable_key,
                                   const Until& until) {
  const Until whole{until.stop, connection.deadline_of_call(until)};
  const auto known = read_raft_term(connection, readable_key, whole);
  if (!known) return std::unexpected(known.error());
  for (auto before = *known;; pause_for(kPauseAfterUnconfirmed, whole.stop)) {
    Attempt attempt;
    const auto renewal = renew_lease(connection, lease, whole, attempt);
    if (!renewal) return std::unexpected(renewal.error());
    const auto confirmed = confirm(connection, *renewal, before, readable_key, whole);
    if (!confirmed) return std::unexpected(confirmed.error());
    before = confirmed->raft_term;
    if (!confirmed->counts) continue;
    if (renewal->ttl > 0s) return Granted{lease, Validity(attempt.sent, renewal->ttl), confirmed->raft_term};
    return fail(
        Errc::lease_not_found,
        fmt::format("lease {} does not exist: it was never granted, was revoked, or has expired", hex_of(lease)));
  }
}

Result<Granted> grant_lease(Connection& connection, LeaseId id, seconds ttl, const std::string& readable_key,
                            const Until& until, Attempt& attempt) {
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(ttl.count());
  request.set_id(id);
  etcdserverpb::LeaseGrantResponse response;
  const auto called = connection.call(&etcdserverpb::Lease::Stub::LeaseGrant, request, response, until, &attempt);
  if (called) {
    return Granted{response.id(), Validity(attempt.sent, seconds(response.ttl())), response.header().raft_term()};
  }
  // An earlier try granted it, and its answer was lost ("lease already exists"). With 62 random bits it is ours.
  if (attempt.maybe_applied && called.error().code == Errc::refused) {
    auto taken = use_existing_lease(connection, request.id(), readable_key, until);
    if (taken || taken.error().code != Errc::lease_not_found) return taken;
  }
  return std::unexpected(called.error());
}

}  // namespace elect
