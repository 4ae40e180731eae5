#include "elect/candidates.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

#include "events.h"

using namespace elect;
using namespace elect::testing;

namespace {

// A simple, slow implementation of the queue, to compare with.
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
  [[nodiscard]] std::optional<Candidate> find(const std::string& key) const {
    const auto found = std::ranges::find(all_, key, &Candidate::key);
    return found == all_.end() ? std::nullopt : std::optional(*found);
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
  const std::vector<Event> again = {put("n/a", 6, 6)};  // The queue has not seen its deletion.
  CHECK(queue.apply(6, again) == Change{Change::Type::elected, 6, candidate("n/b", 3, 3)});
  CHECK(queue.in_order().back().key == "n/a");
}

TEST_CASE("a new leader straight after another is one election, not a vacancy") {
  Queue queue({candidate("n/a", 2, 2)}, 2);
  const std::vector<Event> over = {removal("n/a", 3), put("n/b", 3, 3)};
  CHECK(queue.apply(3, over) == Change{Change::Type::elected, 3, candidate("n/b", 3, 3)});
}

TEST_CASE("a leader that puts again proclaims, and another candidate that does changes nothing") {
  Queue queue({candidate("n/a", 2, 2), candidate("n/b", 3, 3)}, 3);
  const std::vector<Event> other = {put("n/b", 3, 4)};
  CHECK_FALSE(queue.apply(4, other));
  const std::vector<Event> leader = {put("n/a", 2, 5)};
  CHECK(queue.apply(5, leader) == Change{Change::Type::proclaimed, 5, candidate("n/a", 2, 5)});
}

TEST_CASE("of several with one create revision the smallest key leads, by bytes") {
  Queue queue({candidate("n/b", 2, 2), candidate("n/\xff", 2, 2), candidate("n/a", 2, 2)}, 2);
  CHECK(queue.leader()->key == "n/a");
  CHECK(queue.in_order().back().key == "n/\xff");
}

TEST_CASE("a sole leader that was deleted and created again in a later revision is elected anew") {
  Queue queue({candidate("n/a", 2, 2)}, 2);
  const std::vector<Event> gone = {removal("n/a", 3)};
  CHECK(queue.apply(3, gone) == Change{Change::Type::vacant, 3, candidate("n/a", 2, 2)});
  const std::vector<Event> again = {put("n/a", 4, 4)};
  CHECK(queue.apply(4, again) == Change{Change::Type::elected, 4, candidate("n/a", 4, 4)});
  const std::vector<Event> missed = {put("n/a", 9, 9)};  // The queue has not seen its second deletion.
  CHECK(queue.apply(9, missed) == Change{Change::Type::elected, 9, candidate("n/a", 9, 9)});
}

namespace {

constexpr int kKeys = 8;

std::string key_number(int number) { return "n/" + std::to_string(number); }

// Random events of one revision: puts of new and known keys, with and without a lease, also several at once; deletions
// of known and unknown keys; keys that are created again although their deletion was not seen.
std::vector<Event> random_events(std::mt19937& random, const NaiveQueue& known, Revision revision) {
  const auto pick = [&random](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  std::vector<int> numbers(kKeys);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::ranges::shuffle(numbers, random);
  numbers.resize(static_cast<std::size_t>(1 + pick(4)));
  std::vector<Event> events;
  for (const int number : numbers) {
    const std::string key = key_number(number);
    if (pick(2) == 0) {
      events.push_back({Event::Type::removed, {key, "", 0, 0, revision, 0}});
      continue;
    }
    Candidate next{key, std::to_string(pick(3)), pick(3), revision, revision, 1};
    if (const auto before = known.find(key); before && pick(4) != 0) {
      next.create_revision = before->create_revision;
      next.version = before->version + 1;
    }
    events.push_back({Event::Type::put, std::move(next)});
  }
  return events;
}

}  // namespace

TEST_CASE("property: the queue agrees with a naive model over random events") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Queue queue;
    NaiveQueue naive;
    std::vector<std::pair<Revision, std::vector<Event>>> past;
    for (Revision revision = 1; revision <= 400; revision += 1 + static_cast<Revision>(random() % 2)) {
      CAPTURE(revision);
      past.emplace_back(revision, random_events(random, naive, revision));
      REQUIRE(queue.apply(revision, past.back().second) == naive.apply(revision, past.back().second));
      const auto& [again, repeated] = past[random() % 3 == 0 ? past.size() - 1 : random() % past.size()];
      REQUIRE_FALSE(queue.apply(again, repeated));
      if (random() % 50 == 0) {  // A new watch starts, from an unsorted snapshot.
        auto snapshot = naive.in_order();
        std::ranges::shuffle(snapshot, random);
        queue = Queue(snapshot, revision);
      }
      REQUIRE(queue.in_order() == naive.in_order());
      REQUIRE(queue.size() == naive.in_order().size());
      const auto leader = naive.leader();
      REQUIRE((queue.leader() == nullptr ? !leader : leader == *queue.leader()));
      for (int number = 0; number <= kKeys; ++number) {
        const Candidate* found = queue.find(key_number(number));
        REQUIRE((found == nullptr ? std::nullopt : std::optional(*found)) == naive.find(key_number(number)));
      }
    }
  }
}
