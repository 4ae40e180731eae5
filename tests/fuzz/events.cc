// Gives arbitrary snapshots and event streams to the queue of candidates and to what is built on it. The results must
// be the same as when all keys are read again after each revision.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "elect/chronicle.h"
#include "elect/elections.h"
#include "promise.h"

using namespace elect;

namespace {

using Keys = std::map<std::string, Candidate>;

const Candidate* first_below(const Keys& keys, const std::string& prefix) {
  const Candidate* first = nullptr;
  const auto place = [](const Candidate& one) { return std::tie(one.create_revision, one.key); };
  for (const auto& [key, one] : keys) {
    if (key.starts_with(prefix) && (first == nullptr || place(one) < place(*first))) first = &one;
  }
  return first;
}

std::string any_key(FuzzedDataProvider& bytes) {
  static constexpr const char* kKeys[] = {"n/a", "n/b", "n/c", "n/m/a", "n/m/b", "n/", "n", "m/a", "n//", "/n"};
  if (bytes.ConsumeBool()) return bytes.PickValueInArray(kKeys);
  return "n/" + bytes.ConsumeRandomLengthString(4);
}

Candidate any_candidate(FuzzedDataProvider& bytes, Revision mod) {
  return {any_key(bytes),
          bytes.ConsumeRandomLengthString(2),
          bytes.ConsumeIntegralInRange<LeaseId>(0, 3),
          bytes.ConsumeIntegralInRange<Revision>(1, mod),
          mod,
          1};
}

// Compares a change with the leaders before and after it.
void check(const std::optional<Change>& change, const std::optional<Candidate>& before, const Candidate* after) {
  if (after == nullptr) {
    PROMISE(before.has_value() == change.has_value());
    PROMISE(!change || (change->type == Change::Type::vacant && change->leader == *before));
    return;
  }
  const bool same = before && before->key == after->key && before->create_revision == after->create_revision;
  if (!same) {
    PROMISE(change && change->type == Change::Type::elected && change->leader == *after);
  } else if (before->mod_revision != after->mod_revision) {
    PROMISE(change && change->type == Change::Type::proclaimed && change->leader == *after);
  } else {
    PROMISE(!change);
  }
}

// The terms, derived from the leader after each revision.
void succeed(std::vector<Term>& terms, const Candidate* leader, Revision revision) {
  const bool open = !terms.empty() && !terms.back().last;
  if (open && leader != nullptr && terms.back().leader.key == leader->key &&
      terms.back().leader.create_revision == leader->create_revision) {
    terms.back().leader = *leader;
    return;
  }
  if (open) terms.back().last = revision;
  if (leader != nullptr) terms.push_back({*leader, revision, {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider bytes(data, size);
  constexpr Revision begin = 10;
  Keys keys;
  for (int i = bytes.ConsumeIntegralInRange(0, 5); i > 0; --i) {
    auto candidate = any_candidate(bytes, begin);
    keys.insert_or_assign(candidate.key, candidate);
  }
  std::vector<Candidate> all;
  std::vector<Candidate> own;
  for (const auto& [key, candidate] : keys) {
    all.push_back(candidate);
    if (key.starts_with("n/")) own.push_back(candidate);
  }
  Queue queue(own, begin);
  Elections elections("", all, begin);
  Chronicle chronicle(own, begin);
  std::vector<Term> terms;
  succeed(terms, first_below(keys, "n/"), begin);

  for (Revision revision = begin + 1; bytes.remaining_bytes() > 0 && revision < begin + 200; ++revision) {
    std::map<std::string, Event> unique;  // One revision changes each key at most once.
    for (int i = bytes.ConsumeIntegralInRange(1, 3); i > 0; --i) {
      Event event{bytes.ConsumeBool() ? Event::Type::put : Event::Type::removed, any_candidate(bytes, revision)};
      const std::string key = event.candidate.key;
      unique.insert_or_assign(key, std::move(event));
    }
    std::vector<Event> events;
    std::vector<Event> own_events;
    for (const auto& [key, event] : unique) {
      events.push_back(event);
      if (key.starts_with("n/")) own_events.push_back(event);
    }
    std::map<std::string, Candidate> led;
    for (const auto& [name, one] : elections.all()) led.emplace(name, *one.leader());
    std::optional<Candidate> before;
    if (const Candidate* leader = first_below(keys, "n/")) before = *leader;
    for (const auto& [key, event] : unique) {
      keys.erase(key);
      if (event.type == Event::Type::put) keys.emplace(key, event.candidate);
    }
    const Candidate* after = first_below(keys, "n/");

    check(queue.apply(revision, own_events), before, after);
    PROMISE((queue.leader() == nullptr) == (after == nullptr) && (after == nullptr || *queue.leader() == *after));
    PROMISE(std::ranges::is_sorted(queue.in_order(), {},
                                   [](const auto& one) { return std::tie(one.create_revision, one.key); }));

    std::map<std::string, Change> told;
    for (auto& [name, change, count] : elections.apply(revision, events)) PROMISE(told.emplace(name, change).second);
    for (const auto& [name, one] : elections.all()) {
      const Candidate* leader = first_below(keys, name + "/");
      PROMISE(leader != nullptr && *one.leader() == *leader);
      if (led.contains(name))
        check(told.contains(name) ? std::optional(told.at(name)) : std::nullopt, led.at(name), leader);
    }
    for (const auto& [key, candidate] : keys) {
      const auto name = election_of(key);
      PROMISE(name.empty() || elections.all().contains(name));
    }

    chronicle.apply(revision, own_events);
    succeed(terms, after, revision);
    PROMISE(chronicle.terms() == terms);
    Keys standing;
    for (const auto& stay : chronicle.stays()) {
      PROMISE(!stay.last || stay.first <= *stay.last);
      if (!stay.last) PROMISE(standing.emplace(stay.candidate.key, stay.candidate).second);
    }
    Keys keys_below = keys;
    std::erase_if(keys_below, [](const auto& entry) { return !entry.first.starts_with("n/"); });
    PROMISE(standing == keys_below);
  }
  return 0;
}
