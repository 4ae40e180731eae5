#include "wire/lease.h"

#include <fmt/format.h>

namespace elect {

using namespace std::chrono_literals;
using std::chrono::seconds;

Result<seconds> renew_lease(Connection& connection, LeaseId lease, const Until& until, Attempt& attempt) {
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
      until, &attempt);
  if (!called) {
    if (called.error().code == Errc::lease_not_found) return seconds(0);
    return std::unexpected(called.error());
  }
  return seconds(response.ttl());
}

Result<Granted> use_existing_lease(Connection& connection, LeaseId lease, const Until& until) {
  Attempt attempt;
  const auto ttl = renew_lease(connection, lease, until, attempt);
  if (!ttl) return std::unexpected(ttl.error());
  if (*ttl <= 0s)
    return fail(
        Errc::lease_not_found,
        fmt::format("lease {} does not exist: it was never granted, was revoked, or has expired", hex_of(lease)));
  return Granted{lease, Validity(attempt.sent, *ttl)};
}

Result<Granted> grant_lease(Connection& connection, LeaseId id, seconds ttl, const Until& until, Attempt& attempt) {
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(ttl.count());
  request.set_id(id);
  etcdserverpb::LeaseGrantResponse response;
  const auto called = connection.call(&etcdserverpb::Lease::Stub::LeaseGrant, request, response, until, &attempt);
  if (called) return Granted{response.id(), Validity(attempt.sent, seconds(response.ttl()))};
  // An earlier try granted it, and its answer was lost ("lease already exists"). With 62 random bits it is ours.
  if (attempt.maybe_applied && called.error().code == Errc::refused) {
    auto taken = use_existing_lease(connection, request.id(), until);
    if (taken || taken.error().code != Errc::lease_not_found) return taken;
  }
  return std::unexpected(called.error());
}

}  // namespace elect
