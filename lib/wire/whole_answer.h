// Checks that a response is a complete answer of etcd to the request. An endpoint may be any gRPC server, and a link
// may damage data: an empty message must not be read as "no leader" or "the lease is gone".
#pragma once

#include <grpcpp/grpcpp.h>

#include "rpc.pb.h"
#include "wire/status.h"

namespace elect {

// Every response of etcd has a header.
template <typename Request, typename Response>
[[nodiscard]] bool is_answer(const Request& /*request*/, const Response& response) {
  return response.has_header();
}

// A range response has the count that it would have without its limit.
[[nodiscard]] bool is_answer(const etcdserverpb::RangeRequest& request, const etcdserverpb::RangeResponse& response);

// A Txn response has one response of the right kind for each operation of the branch that was executed.
[[nodiscard]] bool is_answer(const etcdserverpb::TxnRequest& request, const etcdserverpb::TxnResponse& response);

// The status of a call whose response fails these checks. Retryable at another endpoint.
[[nodiscard]] inline grpc::Status not_an_answer() { return own_status("the answer is not one of etcd's"); }

}  // namespace elect
