#include "wire/whole_answer.h"

#include <algorithm>

namespace elect {
namespace {

bool has_all(const etcdserverpb::RangeRequest& request, const etcdserverpb::RangeResponse& response) {
  if (request.max_create_revision() > 0) return true;  // The count takes no notice of it.
  const auto most = request.limit() > 0 ? request.limit() : response.count();
  return response.kvs_size() == std::min(response.count(), most);
}

bool fits(const etcdserverpb::RequestOp& operation, const etcdserverpb::ResponseOp& result) {
  if (int{operation.request_case()} != int{result.response_case()}) return false;
  return !operation.has_request_range() || has_all(operation.request_range(), result.response_range());
}

}  // namespace

bool is_answer(const etcdserverpb::RangeRequest& request, const etcdserverpb::RangeResponse& response) {
  return response.has_header() && has_all(request, response);
}

bool is_answer(const etcdserverpb::TxnRequest& request, const etcdserverpb::TxnResponse& response) {
  const auto& taken = response.succeeded() ? request.success() : request.failure();
  return response.has_header() && std::ranges::equal(taken, response.responses(), fits);
}

}  // namespace elect
