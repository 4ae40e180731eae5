#include "wire/lease.h"

#include <fmt/format.h>

namespace elect {

using namespace std::chrono_literals;
using std::chrono::seconds;

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
    if (called.error().code == Errc::lease_not_found) return Renewal{0s, 0};
    return std::unexpected(called.error());
  }
  return Renewal{seconds(response.ttl()), response.header().raft_term()};
}

Result<std::optional<RaftTerm>> confirmed_raft_term(Connection& connection, const std::string& readable_key,
                                                    const Until& until) {
  etcdserverpb::RangeRequest request;
  request.set_key(readable_key.empty() ? std::string(1, '\0') : readable_key);
  request.set_count_only(true);
  etcdserverpb::RangeResponse response;
  const auto read_once = [&](const Link& link, grpc::ClientContext& context) {
    return etcdserverpb::KV::Stub(link.channel).Range(&context, request, &response);
  };
  const auto called = connection.run("Range", read_once, until);
  if (called) return response.header().raft_term();
  if (is_about_account(called.error().code)) return std::nullopt;
  return std::unexpected(called.error());
}

Result<Granted> use_existing_lease(Connection& connection, LeaseId lease, const std::string& readable_key,
                                   const Until& until) {
  const Until whole{until.stop, connection.deadline_of_call(until)};
  auto before = confirmed_raft_term(connection, readable_key, whole);
  while (before) {
    Attempt attempt;
    const auto renewal = renew_lease(connection, lease, whole, attempt);
    if (!renewal) return std::unexpected(renewal.error());
    if (renewal->ttl <= 0s) {
      return fail(
          Errc::lease_not_found,
          fmt::format("lease {} does not exist: it was never granted, was revoked, or has expired", hex_of(lease)));
    }
    auto after = confirmed_raft_term(connection, readable_key, whole);
    if (after && counts(*renewal, *before, *after)) {
      return Granted{lease, Validity(attempt.sent, renewal->ttl), after->value_or(renewal->raft_term)};
    }
    before = std::move(after);
    pause_for(kPauseAfterUnconfirmed, whole.stop);
  }
  return std::unexpected(before.error());
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
