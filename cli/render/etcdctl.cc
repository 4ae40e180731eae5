#include "render/etcdctl.h"

#include <absl/strings/escaping.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "elect/text.h"
#include "rpc.pb.h"

namespace cli::render {
namespace {

using Json = nlohmann::ordered_json;

// Go leaves out fields that are zero.
template <typename Value>
void add(Json& object, const char* name, const Value& value) {
  if (value != Value{}) object[name] = value;
}

}  // namespace

std::string etcdctl_fields(const RangeAnswer& answer) {
  std::string text =
      fmt::format("\"ClusterID\" : {}\n\"MemberID\" : {}\n\"Revision\" : {}\n\"RaftTerm\" : {}\n",
                  answer.header.cluster_id, answer.header.member_id, answer.header.revision, answer.header.raft_term);
  for (const auto& candidate : answer.candidates) {
    text += fmt::format(
        "\"Key\" : {}\n\"CreateRevision\" : {}\n\"ModRevision\" : {}\n\"Version\" : {}\n\"Value\" : {}\n\"Lease\" : "
        "{}\n",
        elect::go_quoted(candidate.key), candidate.create_revision, candidate.mod_revision, candidate.version,
        elect::go_quoted(candidate.value), candidate.lease);
  }
  return text + fmt::format("\"More\" : {}\n\"Count\" : {}\n", answer.more, answer.count);
}

std::string etcdctl_json(const RangeAnswer& answer) {
  Json header = Json::object();
  add(header, "cluster_id", answer.header.cluster_id);
  add(header, "member_id", answer.header.member_id);
  add(header, "revision", answer.header.revision);
  add(header, "raft_term", answer.header.raft_term);
  Json root = {{"header", std::move(header)}};
  for (const auto& candidate : answer.candidates) {
    Json kv = Json::object();
    add(kv, "key", absl::Base64Escape(candidate.key));
    add(kv, "create_revision", candidate.create_revision);
    add(kv, "mod_revision", candidate.mod_revision);
    add(kv, "version", candidate.version);
    add(kv, "value", absl::Base64Escape(candidate.value));
    add(kv, "lease", candidate.lease);
    root["kvs"].push_back(std::move(kv));
  }
  add(root, "more", answer.more);
  add(root, "count", answer.count);
  return root.dump() + "\n";
}

std::string etcdctl_protobuf(const RangeAnswer& answer) {
  etcdserverpb::RangeResponse response;
  auto& header = *response.mutable_header();
  header.set_cluster_id(answer.header.cluster_id);
  header.set_member_id(answer.header.member_id);
  header.set_revision(answer.header.revision);
  header.set_raft_term(answer.header.raft_term);
  for (const auto& candidate : answer.candidates) {
    auto& kv = *response.add_kvs();
    kv.set_key(candidate.key);
    kv.set_create_revision(candidate.create_revision);
    kv.set_mod_revision(candidate.mod_revision);
    kv.set_version(candidate.version);
    kv.set_value(candidate.value);
    kv.set_lease(candidate.lease);
  }
  response.set_more(answer.more);
  response.set_count(answer.count);
  return response.SerializeAsString();
}

}  // namespace cli::render
