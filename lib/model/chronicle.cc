#include "elect/chronicle.h"

namespace elect {

Chronicle::Chronicle(const std::vector<Candidate>& snapshot, Revision at) : queue_(snapshot, at) {
  for (const auto& candidate : queue_.in_order()) note(candidate, at);
  if (const Candidate* leader = queue_.leader()) elect(*leader, at);
}

void Chronicle::note(const Candidate& candidate, Revision revision) {
  const auto known = standing_.find(candidate.key);
  if (known != standing_.end() && stays_[known->second].candidate.create_revision == candidate.create_revision) {
    stays_[known->second].candidate = candidate;
    return;
  }
  end(candidate.key, revision);
  standing_[candidate.key] = stays_.size();
  stays_.push_back({candidate, revision, {}, {}});
}

void Chronicle::end(const std::string& key, Revision revision) {
  const auto known = standing_.find(key);
  if (known == standing_.end()) return;
  stays_[known->second].last = revision;
  standing_.erase(known);
}

void Chronicle::elect(const Candidate& leader, Revision revision) {
  terms_.push_back({leader, revision, {}});
  stays_[standing_.at(leader.key)].led_from = revision;
}

void Chronicle::apply(Revision revision, std::span<const Event> events) {
  const auto change = queue_.apply(revision, events);
  if (revision <= applied_) return;
  applied_ = revision;
  for (const Event& event : events) {
    if (event.type == Event::Type::put) {
      note(event.candidate, revision);
    } else {
      end(event.candidate.key, revision);
    }
  }
  if (!change) return;
  if (change->type == Change::Type::proclaimed) {
    terms_.back().leader = change->leader;
    return;
  }
  if (!terms_.empty() && !terms_.back().last) terms_.back().last = revision;
  if (change->type == Change::Type::elected) elect(change->leader, revision);
}

}  // namespace elect
