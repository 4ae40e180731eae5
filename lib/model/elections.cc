#include "elect/elections.h"

#include <utility>

namespace elect {

Elections::Elections(std::string prefix, const std::vector<Candidate>& snapshot, Revision at)
    : prefix_(std::move(prefix)), applied_(at) {
  for (const auto& candidate : snapshot) {
    if (is_new(election_of(candidate.key))) add(election_of(candidate.key));
  }
  std::map<std::string_view, std::vector<Candidate>> standing;
  for (const auto& candidate : snapshot) {
    for (const auto name : elections_of(candidate.key)) standing[queues_.find(name)->first].push_back(candidate);
  }
  for (auto& [name, candidates] : standing) queues_.find(name)->second = Queue(std::move(candidates), at);
}

bool Elections::is_new(std::string_view election) const {
  return !election.empty() && election.starts_with(prefix_) && !queues_.contains(election);
}

void Elections::add(std::string_view election) {
  const std::string deeper = prefix_of(election);
  std::vector<Candidate> standing;
  for (auto other = queues_.lower_bound(deeper); other != queues_.end() && other->first.starts_with(deeper); ++other) {
    for (auto& candidate : other->second.in_order()) standing.push_back(std::move(candidate));
  }
  queues_.emplace(election, Queue(std::move(standing), applied_));
  ++name_lengths_[election.size()];
}

std::vector<std::string_view> Elections::elections_of(std::string_view key) const {
  std::vector<std::string_view> names;
  for (const auto& [length, how_many] : name_lengths_) {
    if (length >= key.size()) break;
    if (key[length] == '/' && queues_.contains(key.substr(0, length))) names.push_back(key.substr(0, length));
  }
  return names;
}

std::vector<Elections::NamedChange> Elections::apply(Revision revision, std::span<const Event> events) {
  if (revision <= applied_) return {};
  for (const Event& event : events) {
    const auto election = election_of(event.candidate.key);
    if (event.type == Event::Type::put && is_new(election)) add(election);
  }
  applied_ = revision;
  std::map<std::string, std::vector<Event>> by_election;
  for (const Event& event : events) {
    for (const auto name : elections_of(event.candidate.key)) by_election[std::string(name)].push_back(event);
  }
  std::vector<NamedChange> changes;
  for (const auto& [name, own] : by_election) {
    const auto found = queues_.find(name);
    Queue& queue = found->second;
    const bool vacancy = queue.size() == 0;
    if (auto change = queue.apply(revision, own)) {
      changes.push_back({name, *std::move(change), vacancy ? 0 : static_cast<std::int64_t>(queue.size())});
    }
    if (queue.size() > 0) continue;
    const auto length = name_lengths_.find(name.size());
    if (--length->second == 0) name_lengths_.erase(length);
    queues_.erase(found);
  }
  return changes;
}

}  // namespace elect
