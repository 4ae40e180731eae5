#include "elect/candidates.h"

namespace elect {

Queue::Queue(std::vector<Candidate> snapshot, Revision at) : applied_(at) {
  for (auto& candidate : snapshot) put(std::move(candidate));
}

void Queue::put(Candidate candidate) {
  remove(candidate.key);
  by_key_[candidate.key] = candidate.create_revision;
  Position position(candidate.create_revision, candidate.key);
  order_.emplace(std::move(position), std::move(candidate));
}

void Queue::remove(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  order_.erase(Position(found->second, key));
  by_key_.erase(found);
}

std::optional<Change> Queue::apply(Revision revision, std::span<const Event> events) {
  if (revision <= applied_) return std::nullopt;
  applied_ = revision;
  std::optional<Candidate> before;
  if (const Candidate* sitting = leader()) before = *sitting;
  for (const Event& event : events) {
    if (event.type == Event::Type::put) {
      put(event.candidate);
    } else {
      remove(event.candidate.key);
    }
  }
  const Candidate* now = leader();
  if (now == nullptr) {
    if (!before) return std::nullopt;
    return Change{Change::Type::vacant, revision, *std::move(before)};
  }
  if (!before || before->key != now->key || before->create_revision != now->create_revision) {
    return Change{Change::Type::elected, revision, *now};
  }
  if (before->mod_revision != now->mod_revision) return Change{Change::Type::proclaimed, revision, *now};
  return std::nullopt;
}

const Candidate* Queue::leader() const { return order_.empty() ? nullptr : &order_.begin()->second; }

const Candidate* Queue::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &order_.at(Position(found->second, key));
}

std::vector<Candidate> Queue::in_order() const {
  std::vector<Candidate> candidates;
  candidates.reserve(order_.size());
  for (const auto& [position, candidate] : order_) candidates.push_back(candidate);
  return candidates;
}

}  // namespace elect
