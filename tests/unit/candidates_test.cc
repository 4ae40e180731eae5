#include "elect/candidates.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace elect;

namespace {

Candidate candidate(std::string key, Revision create, Revision mod) { return {std::move(key), "v", 1, create, mod, 1}; }
Event put(std::string key, Revision create, Revision mod) {
  return {Event::Type::put, candidate(std::move(key), create, mod)};
}
Event removal(std::string key, Revision mod) { return {Event::Type::removed, candidate(std::move(key), 0, mod)}; }

// The queue as one would write it without a thought for speed.
class NaiveQueue {
 public:
  std::optional<Change> apply(Revision revision, const std::vector<Event>& events) {
    const auto before = leader();
    for (const Event& event : events) {
      std::erase_if(all_, [&](const Candidate& one) { return one.key == event.candidate.key; });
      if (event.type == Event::Type::put) all_.push_back(event.candidate);
    }
    std::ranges::sort(all_, [](const Candidate& a, const Candidate& b) {
      return std::tie(a.create_revision, a.key) < std::tie(b.create_revision, b.key);
    });
    const auto now = leader();
    if (before && !now) return Change{Change::Type::vacant, revision, *before};
    if (!now) return std::nullopt;
    if (!before || before->key != now->key || before->create_revision != now->create_revision) {
      return Change{Change::Type::elected, revision, *now};
    }
    if (before->mod_revision != now->mod_revision) return Change{Change::Type::proclaimed, revision, *now};
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Candidate> leader() const {
    return all_.empty() ? std::nullopt : std::optional(all_.front());
  }
  [[nodiscard]] const std::vector<Candidate>& in_order() const { return all_; }

 private:
  std::vector<Candidate> all_;
};

}  // namespace

TEST_CASE("the leader is the live candidate with the smallest create revision") {
  Queue queue({candidate("n/b", 7, 7), candidate("n/a", 9, 9)}, 10);
  CHECK(queue.leader()->key == "n/b");
  CHECK(queue.in_order().back().key == "n/a");
  CHECK(queue.find("n/a")->create_revision == 9);
  CHECK(queue.find("n/c") == nullptr);
}

TEST_CASE("one revision is one change, whatever happened in it") {
  Queue queue({candidate("n/a", 2, 2), candidate("n/b", 3, 3)}, 3);
  const std::vector<Event> both = {removal("n/a", 4), put("n/c", 4, 4)};
  CHECK(queue.apply(4, both) == Change{Change::Type::elected, 4, candidate("n/b", 3, 3)});
  const std::vector<Event> all = {removal("n/b", 5), removal("n/c", 5)};
  CHECK(queue.apply(5, all) == Change{Change::Type::vacant, 5, candidate("n/b", 3, 3)});
  CHECK(queue.size() == 0);
}

TEST_CASE("a revision that was applied already is passed over") {
  Queue queue({candidate("n/a", 2, 2)}, 5);
  const std::vector<Event> old = {removal("n/a", 5)};
  CHECK_FALSE(queue.apply(5, old));
  CHECK(queue.leader() != nullptr);
}

TEST_CASE("a key that is put again after a deletion stands at the tail") {
  Queue queue({candidate("n/a", 2, 2), candidate("n/b", 3, 3)}, 3);
  const std::vector<Event> again = {put("n/a", 6, 6)};  // Its deletion was never seen.
  CHECK(queue.apply(6, again) == Change{Change::Type::elected, 6, candidate("n/b", 3, 3)});
  CHECK(queue.in_order().back().key == "n/a");
}

TEST_CASE("property: the queue agrees with a naive model over random events") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
    Queue queue;
    NaiveQueue naive;
    for (Revision revision = 1; revision <= 200; ++revision) {
      std::vector<Event> events;
      std::vector<std::string> used;
      for (int i = pick(4); i >= 0; --i) {
        const std::string key = "n/" + std::to_string(pick(8));
        if (std::ranges::find(used, key) != used.end()) continue;
        used.push_back(key);
        const Candidate* known = queue.find(key);
        if (pick(2) == 0) {
          events.push_back(removal(key, revision));
        } else {
          events.push_back(put(key, known != nullptr && pick(4) != 0 ? known->create_revision : revision, revision));
        }
      }
      REQUIRE(queue.apply(revision, events) == naive.apply(revision, events));
      REQUIRE_FALSE(queue.apply(revision, events));
      REQUIRE(queue.in_order() == naive.in_order());
      REQUIRE(queue.size() == naive.in_order().size());
      const auto leader = naive.leader();
      REQUIRE((queue.leader() == nullptr ? !leader : *queue.leader() == *leader));
    }
  }
}
