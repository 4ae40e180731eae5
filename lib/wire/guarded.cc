#include "wire/guarded.h"

#include <utility>

#include "wire/convert.h"

namespace elect {
namespace {

Result<Guarded> run_guarded(Connection& connection, const Candidate& candidate, etcdserverpb::RequestOp&& operation,
                            const Until& until) {
  etcdserverpb::TxnRequest request;
  *request.add_compare() = compare_create_revision(candidate.key, candidate.create_revision);
  *request.add_success() = std::move(operation);
  etcdserverpb::TxnResponse response;
  Attempt attempt;
  auto called = connection.call(&etcdserverpb::KV::Stub::Txn, request, response, until, &attempt);
  if (!called) return std::unexpected(called.error());
  return Guarded{response.succeeded(), attempt.maybe_applied, header_of(response.header())};
}

}  // namespace

etcdserverpb::Compare compare_create_revision(const std::string& key, Revision create_revision) {
  etcdserverpb::Compare compare;
  compare.set_result(etcdserverpb::Compare::EQUAL);
  compare.set_target(etcdserverpb::Compare::CREATE);
  compare.set_key(key);
  compare.set_create_revision(create_revision);
  return compare;
}

Result<Guarded> put_guarded(Connection& connection, const Candidate& candidate, const std::string& value,
                            const Until& until) {
  etcdserverpb::RequestOp operation;
  auto& put = *operation.mutable_request_put();
  put.set_key(candidate.key);
  put.set_value(value);
  put.set_ignore_lease(true);
  return run_guarded(connection, candidate, std::move(operation), until);
}

Result<Guarded> read_guarded(Connection& connection, const Candidate& candidate, const Until& until) {
  etcdserverpb::RequestOp operation;
  auto& range = *operation.mutable_request_range();
  range.set_key(candidate.key);
  range.set_keys_only(true);
  return run_guarded(connection, candidate, std::move(operation), until);
}

Result<Guarded> delete_guarded(Connection& connection, const Candidate& candidate, const Until& until) {
  etcdserverpb::RequestOp operation;
  operation.mutable_request_delete_range()->set_key(candidate.key);
  return run_guarded(connection, candidate, std::move(operation), until);
}

}  // namespace elect
