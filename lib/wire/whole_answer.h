// Whether what came back is an answer of etcd's to what was asked. Behind an endpoint may be anything that speaks gRPC,
// or a link that garbles: a message that says nothing is not to be read as "nobody leads" or "the lease is gone".
#pragma once

#include <grpcpp/grpcpp.h>

#include "rpc.pb.h"

namespace elect {

// etcd puts a header on every answer.
template <typename Request, typename Response>
[[nodiscard]] bool is_answer(const Request& /*request*/, const Response& response) {
  return response.has_header();
}

// A range comes with the count of what it would be without its limit.
[[nodiscard]] bool is_answer(const etcdserverpb::RangeRequest& request, const etcdserverpb::RangeResponse& response);

// A Txn has one answer of the right kind for each operation of the branch that was taken.
[[nodiscard]] bool is_answer(const etcdserverpb::TxnRequest& request, const etcdserverpb::TxnResponse& response);

// What a call ends with that got another kind of answer: worth another try, elsewhere.
[[nodiscard]] inline grpc::Status not_an_answer() {
  return {grpc::INTERNAL, "what came back is not an answer of etcd's: is it behind this endpoint?"};
}

}  // namespace elect
