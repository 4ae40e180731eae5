#include "render/json.h"

#include <absl/strings/escaping.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "elect/text.h"

namespace cli::render {
namespace {

using Json = nlohmann::ordered_json;

// ASCII only: so no character of a value can control a terminal.
std::string line_of(const Json& json) { return json.dump(-1, ' ', true) + "\n"; }

void add_bytes(Json& object, const std::string& name, const std::string& bytes) {
  if (elect::is_utf8(bytes)) {
    object[name] = bytes;
  } else {
    object[name + "_base64"] = absl::Base64Escape(bytes);
  }
}

Json object_of(const Listed& listed) {
  const elect::Candidate& candidate = listed.candidate;
  Json object = {{"rank", listed.rank}, {"role", listed.rank == 1 ? "leader" : "candidate"}};
  add_bytes(object, "key", candidate.key);
  add_bytes(object, "value", candidate.value);
  object["lease"] = elect::hex_of(candidate.lease);
  if (listed.lease) {
    object["ttl"] = listed.lease->ttl.count();
    object["granted_ttl"] = listed.lease->granted.count();
  } else {
    object["ttl"] = nullptr;
    object["granted_ttl"] = nullptr;
  }
  object["create_revision"] = candidate.create_revision;
  object["mod_revision"] = candidate.mod_revision;
  object["version"] = candidate.version;
  return object;
}

Json array_of(std::span<const elect::Run> runs) {
  Json array = Json::array();
  for (const auto& run : runs) {
    Json object = Json::object();
    add_bytes(object, "id", run.id);
    object["state"] = name_of(run.state);
    add_bytes(object, "value", run.value);
    add_bytes(object, "key", run.key);
    object["token"] = run.token > 0 ? Json(run.token) : Json(nullptr);
    object["began"] = run.began ? Json(elect::format_time(*run.began)) : Json(nullptr);
    object["ended"] = run.end ? Json(elect::format_time(run.end->at)) : Json(nullptr);
    object["exit_code"] = run.end && run.end->exit_code ? Json(*run.end->exit_code) : Json(nullptr);
    add_bytes(object, "reason", run.end ? run.end->reason : std::string());
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace

std::string json_candidate(const Listed& listed) { return line_of(object_of(listed)); }

std::string json_inspect(const std::string& election, const elect::Header& header, const std::vector<Listed>& listing) {
  Json root = Json::object();
  add_bytes(root, "election", election);
  root["revision"] = header.revision;
  root["raft_term"] = header.raft_term;
  root["leader"] = listing.empty() ? Json(nullptr) : object_of(listing.front());
  root["candidates"] = Json::array();
  for (const auto& listed : listing) root["candidates"].push_back(object_of(listed));
  return line_of(root);
}

std::string json_elections(const std::string& prefix, const elect::Header& header,
                           const std::vector<ListedElection>& elections) {
  Json root = Json::object();
  add_bytes(root, "prefix", prefix);
  root["revision"] = header.revision;
  root["raft_term"] = header.raft_term;
  root["elections"] = Json::array();
  for (const auto& [name, candidates, leader] : elections) {
    Json election = Json::object();
    add_bytes(election, "election", name);
    election["candidates"] = candidates;
    election["leader"] = object_of(leader);
    root["elections"].push_back(std::move(election));
  }
  return line_of(root);
}

std::string json_history(const std::string& election, const elect::History& history, const Runs& runs) {
  Json root = Json::object();
  add_bytes(root, "election", election);
  root["revision"] = history.header.revision;
  root["oldest_revision"] = history.oldest_revision;
  root["terms"] = Json::array();
  for (const auto& [leader, first, last] : history.chronicle.terms()) {
    Json term = Json::object();
    add_bytes(term, "key", leader.key);
    add_bytes(term, "value", leader.value);
    term["lease"] = elect::hex_of(leader.lease);
    term["create_revision"] = leader.create_revision;
    term["first_revision"] = first;
    term["last_revision"] = last ? Json(*last) : Json(nullptr);
    root["terms"].push_back(std::move(term));
  }
  if (runs) root["runs"] = array_of(*runs);
  return line_of(root);
}

std::string json_runs(const std::string& election, const elect::RunListing& listing) {
  Json root = Json::object();
  add_bytes(root, "election", election);
  root["revision"] = listing.header.revision;
  root["runs"] = array_of(listing.runs);
  return line_of(root);
}

std::string json_verification(const std::string& election, const elect::Verification& verification) {
  Json root = Json::object();
  add_bytes(root, "election", election);
  root["revision"] = verification.snapshot.header.revision;
  root["checks"] = Json::array();
  for (const auto& [what, ok, detail, skipped] : verification.checks) {
    root["checks"].push_back({{"check", what}, {"ok", ok}, {"skipped", skipped}, {"detail", detail}});
  }
  return line_of(root);
}

std::string_view name_of(elect::Observation::Type type) {
  switch (type) {
    case elect::Observation::Type::elected:
      return "elected";
    case elect::Observation::Type::proclaimed:
      return "proclaimed";
    case elect::Observation::Type::vacant:
      return "vacant";
    case elect::Observation::Type::gap:
      return "gap";
  }
  return "";
}

std::string json_observation(const elect::Observation& observation, std::string_view role,
                             std::chrono::system_clock::time_point received) {
  Json object = {{"event", name_of(observation.type)}};
  add_bytes(object, "election", observation.election);
  object["revision"] = observation.revision;
  if (observation.type != elect::Observation::Type::gap) {
    add_bytes(object, "key", observation.leader.key);
    add_bytes(object, "value", observation.leader.value);
    object["lease"] = elect::hex_of(observation.leader.lease);
    object["create_revision"] = observation.leader.create_revision;
  }
  if (!role.empty()) object["role"] = role;
  object["time"] = elect::format_time(received);
  return line_of(object);
}

}  // namespace cli::render
