#include "elect/elections.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "events.h"

using namespace elect;
using namespace elect::testing;

namespace {

std::vector<std::string> names_in(const Elections& elections) {
  std::vector<std::string> names;
  for (const auto& [name, queue] : elections.all()) names.push_back(name);
  return names;
}

// A simple, slow implementation: reads all elections one by one, to compare with.
class NaiveElections {
 public:
  std::map<std::string, Candidate> leaders() const {
    std::map<std::string, Candidate> found;
    for (const auto& name : names_) {
      for (const auto& [key, one] : keys_) {
        if (!key.starts_with(name + "/")) continue;
        const auto [at, first] = found.emplace(name, one);
        const auto place = [](const Candidate& c) { return std::tie(c.create_revision, c.key); };
        if (!first && place(one) < place(at->second)) at->second = one;
      }
    }
    return found;
  }
  void apply(const std::vector<Event>& events) {
    for (const Event& event : events) {
      const auto& key = event.candidate.key;
      if (event.type == Event::Type::put) {
        keys_.insert_or_assign(key, event.candidate);
        names_.insert(key.substr(0, key.rfind('/')));
      } else {
        keys_.erase(key);
      }
    }
    std::erase_if(names_, [&](const std::string& name) {
      return std::ranges::none_of(keys_, [&](const auto& one) { return one.first.starts_with(name + "/"); });
    });
  }
  [[nodiscard]] bool has(const std::string& key) const { return keys_.contains(key); }
  [[nodiscard]] Revision created(const std::string& key) const { return keys_.at(key).create_revision; }

 private:
  std::set<std::string> names_;
  std::map<std::string, Candidate> keys_;
};

}  // namespace

TEST_CASE("elections below a prefix are those that have a candidate directly under them") {
  const Elections elections("web", {candidate("web/front/1", 3, 3), candidate("web/back/2", 4, 4),
                                    candidate("other/3", 5, 5), candidate("web", 6, 6), candidate("webby/1", 7, 7)});
  CHECK(names_in(elections) == std::vector<std::string>{"web/back", "web/front", "webby"});
}

TEST_CASE("no key is an election of an empty name, or of none") {
  const Elections elections("", {candidate("/1", 3, 3), candidate("key", 4, 4), candidate("//1", 5, 5)});
  CHECK(names_in(elections) == std::vector<std::string>{"/"});
}

TEST_CASE("a deeper key is a candidate of the election above it, once that one is an election") {
  Elections elections("", {candidate("a/b/1", 3, 3)}, 3);
  CHECK(names_in(elections) == std::vector<std::string>{"a/b"});
  const auto changes = elections.apply(4, std::vector{put("a/2", 4, 4)});
  CHECK(changes.empty());  // It stands behind a/b/1, which was there before.
  CHECK(elections.all().at("a").leader()->key == "a/b/1");
  const auto next = elections.apply(5, std::vector{removal("a/b/1", 5)});
  REQUIRE(next.size() == 2);
  CHECK(next[0].election == "a");
  CHECK(next[0].change.type == Change::Type::elected);
  CHECK(next[0].change.leader.key == "a/2");
  CHECK(next[1].election == "a/b");
  CHECK(next[1].change.type == Change::Type::vacant);
  CHECK(names_in(elections) == std::vector<std::string>{"a"});
}

TEST_CASE("a key of a million slashes is no more work than another") {
  const std::string hostile(1'000'000, '/');
  Elections elections("", {candidate(hostile, 3, 3), candidate("a/1", 4, 4)}, 4);
  CHECK(elections.all().size() == 2);
  CHECK(elections.apply(5, std::vector{removal(hostile, 5)}).size() == 1);
}

TEST_CASE("elections: every change of every leader is told, as a naive look at all keys would find it") {
  std::mt19937 random(7);
  const auto one_of = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 200; ++round) {
    Elections elections("", {}, 1);
    NaiveElections naive;
    for (Revision revision = 2; revision < 40; ++revision) {
      std::map<std::string, Event> events;
      for (int i = one_of(3); i >= 0; --i) {
        static const std::vector<std::string> kFolders = {"a", "a/b", "a/b/c", "b", "ab"};
        const std::string key = kFolders[static_cast<std::size_t>(one_of(5))] + "/" + std::to_string(one_of(3));
        const bool stands = naive.has(key);
        if (stands && one_of(2) == 0) {
          events.insert_or_assign(key, removal(key, revision));
        } else {
          events.insert_or_assign(key, put(key, stands ? naive.created(key) : revision, revision));
        }
      }
      std::vector<Event> list;
      for (auto& [key, event] : events) list.push_back(event);

      const auto before = naive.leaders();
      naive.apply(list);
      const auto after = naive.leaders();
      std::set<std::string> told;
      for (const auto& [name, change, count] : elections.apply(revision, list)) {
        told.insert(name);
        if (change.type == Change::Type::vacant) {
          CHECK(!after.contains(name));
          CHECK(before.at(name) == change.leader);
        } else {
          CHECK(after.at(name) == change.leader);
        }
      }
      for (const auto& [name, leader] : after) {
        CHECK(*elections.all().at(name).leader() == leader);
        if (before.contains(name)) CHECK(told.contains(name) == !(before.at(name) == leader));
      }
      for (const auto& [name, leader] : before) {
        if (!after.contains(name)) CHECK(told.contains(name));
      }
      CHECK(elections.all().size() == after.size());
    }
  }
}
