#include <doctest/doctest.h>

#include <map>
#include <random>

#include "elect/chronicle.h"
#include "events.h"

using namespace elect;
using namespace elect::testing;

TEST_CASE("a term lasts from the revision that made its leader lead to the one that ended it") {
  Chronicle chronicle({}, 1);
  chronicle.apply(2, std::vector{put("n/a", 2, 2)});
  chronicle.apply(3, std::vector{put("n/b", 3, 3)});
  chronicle.apply(5, std::vector{removal("n/a", 5)});
  chronicle.apply(7, std::vector{removal("n/b", 7)});
  chronicle.apply(9, std::vector{put("n/a", 9, 9)});
  const auto& terms = chronicle.terms();
  REQUIRE(terms.size() == 3);
  CHECK(terms[0] == Term{candidate("n/a", 2, 2), 2, 5});
  CHECK(terms[1] == Term{candidate("n/b", 3, 3), 5, 7});
  CHECK(terms[2] == Term{candidate("n/a", 9, 9), 9, {}});
  const auto& stays = chronicle.stays();
  REQUIRE(stays.size() == 3);
  CHECK(stays[1] == Stay{candidate("n/b", 3, 3), 3, 5, 7});
  CHECK(stays[2].candidate.create_revision == 9);
}

TEST_CASE("a term that had begun before the history begins with it; a proclaim changes its value") {
  Chronicle chronicle({candidate("n/b", 4, 4), candidate("n/a", 3, 3)}, 10);
  auto proclaim = put("n/a", 3, 12);
  proclaim.candidate.value = "new";
  chronicle.apply(12, std::vector{proclaim});
  REQUIRE(chronicle.terms().size() == 1);
  CHECK(chronicle.terms()[0] == Term{proclaim.candidate, 10, {}});
  CHECK(chronicle.stays()[0].candidate.value == "new");
  CHECK(chronicle.stays()[1] == Stay{candidate("n/b", 4, 4), 10, {}, {}});
}

TEST_CASE("a key deleted and put anew at once is another term") {
  Chronicle chronicle({candidate("n/a", 3, 3)}, 3);
  chronicle.apply(4, std::vector{put("n/a", 4, 4)});
  REQUIRE(chronicle.terms().size() == 2);
  CHECK(chronicle.terms()[0].last == 4);
  CHECK(chronicle.terms()[1].leader.create_revision == 4);
  CHECK(chronicle.stays().size() == 2);
}

TEST_CASE("the terms are those that asking for the leader at every revision shows") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Chronicle chronicle({}, 1);
    std::map<std::string, Candidate> standing;
    std::vector<std::pair<Revision, Candidate>> leaders;  // The leader at each revision. Empty: there is none.
    for (Revision revision = 2; revision < 40; ++revision) {
      const std::string key = "n/" + std::to_string(random() % 5);
      if (standing.contains(key) && random() % 2 == 0) {
        standing.erase(key);
        chronicle.apply(revision, std::vector{removal(key, revision)});
      } else {
        const Revision create = standing.contains(key) ? standing.at(key).create_revision : revision;
        standing.insert_or_assign(key, candidate(key, create, revision));
        chronicle.apply(revision, std::vector{put(key, create, revision)});
      }
      Candidate leader;
      for (const auto& [name, one] : standing) {
        if (leader.key.empty() || one.create_revision < leader.create_revision) leader = one;
      }
      leaders.emplace_back(revision, leader);
    }
    std::vector<Term> expected;
    for (const auto& [revision, leader] : leaders) {
      const bool sits = !expected.empty() && !expected.back().last;
      if (sits && expected.back().leader.create_revision == leader.create_revision) {
        expected.back().leader = leader;
        continue;
      }
      if (sits) expected.back().last = revision;
      if (!leader.key.empty()) expected.push_back({leader, revision, {}});
    }
    CHECK(chronicle.terms() == expected);
  }
}
