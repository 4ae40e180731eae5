#include "elect/verify.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace elect;

namespace {

bool ok(const std::vector<Check>& checks, const std::string& what) {
  const auto found = std::ranges::find(checks, what, &Check::what);
  REQUIRE(found != checks.end());
  return found->ok;
}

Candidate standing(LeaseId lease, Revision create) { return {key_of("n", lease), "v", lease, create, create, 1}; }

}  // namespace

TEST_CASE("verify: a listing as it should be has no fault") {
  for (const auto& check : check_listing("n", {standing(0xa1, 5), standing(-5, 7)})) CHECK(check.ok);
  for (const auto& check : check_listing("n", {})) CHECK(check.ok);
}

TEST_CASE("verify: equal or falling create revisions are a fault of the order") {
  CHECK(!ok(check_listing("n", {standing(1, 5), standing(2, 5)}), "order"));
  CHECK(!ok(check_listing("n", {standing(1, 6), standing(2, 5)}), "order"));
}

TEST_CASE("verify: a key that is not named after its lease, and one without a lease, are faults") {
  auto foreign = standing(1, 5);
  foreign.key = "n/01";
  CHECK(!ok(check_listing("n", {foreign}), "keys"));
  foreign.key = "n/deeper/1";
  CHECK(!ok(check_listing("n", {foreign}), "keys"));
  auto unattached = standing(1, 5);
  unattached.lease = 0;
  CHECK(!ok(check_listing("n", {unattached}), "attached"));
  CHECK(ok(check_listing("n", {unattached}), "keys"));
  unattached.key = "n/";
  CHECK(!ok(check_listing("n", {unattached}), "keys"));
}

TEST_CASE("verify: thousands of culprits are counted, and their names do not drive a terminal") {
  std::vector<Candidate> listing;
  for (Revision i = 1; i <= 5000; ++i) listing.push_back({"n/\x1b[2J" + std::to_string(i), "", 0, i, i, 1});
  const auto checks = check_listing("n", listing);
  const auto attached = std::ranges::find(checks, "attached", &Check::what);
  CHECK(attached->detail.size() < 1000);
  CHECK(attached->detail.find("4995 more") != std::string::npos);
  CHECK(attached->detail.find('\x1b') == std::string::npos);
}
