// Converts etcd's messages to the library's own types.
#pragma once

#include <utility>

#include "elect/run.h"
#include "elect/store.h"
#include "rpc.pb.h"

namespace elect {

[[nodiscard]] inline Header header_of(const etcdserverpb::ResponseHeader& header) {
  return {header.cluster_id(), header.member_id(), header.revision(), header.raft_term()};
}

[[nodiscard]] inline RunRecord run_record_of(mvccpb::KeyValue&& kv) {
  return {std::move(*kv.mutable_key()), std::move(*kv.mutable_value()), kv.lease(), kv.create_revision(),
          kv.mod_revision()};
}

[[nodiscard]] inline Candidate candidate_of(mvccpb::KeyValue&& kv) {
  Candidate candidate;
  candidate.key = std::move(*kv.mutable_key());
  candidate.value = std::move(*kv.mutable_value());
  candidate.lease = kv.lease();
  candidate.create_revision = kv.create_revision();
  candidate.mod_revision = kv.mod_revision();
  candidate.version = kv.version();
  return candidate;
}

}  // namespace elect
