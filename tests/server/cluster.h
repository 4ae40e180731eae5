// A client of the sandbox in which the tests run, and names that no other test uses.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "elect/candidacy.h"
#include "elect/client.h"
#include "elect/session.h"

namespace elect::testing {

using namespace std::chrono_literals;

// A deadline that only a failing test reaches.
inline constexpr auto kPatience = 10s;

inline std::unique_ptr<Client> connect() {
  const char* endpoints = std::getenv("ETCDCTL_ENDPOINTS");
  REQUIRE_MESSAGE(endpoints != nullptr, "run these tests as: scripts/sandbox -- server_tests");
  ClientOptions options;
  options.endpoints = {endpoints};
  auto client = Client::open(std::move(options));
  REQUIRE(client.has_value());
  return *std::move(client);
}

inline std::string unique_name(const std::string& what) { return what + "-" + std::to_string(std::random_device{}()); }

inline std::unique_ptr<Session> open_session(Client& client, SessionOptions options = {}) {
  auto session = Session::open(client, std::move(options), within(kPatience));
  REQUIRE_MESSAGE(session.has_value(), session.error().message);
  return *std::move(session);
}

inline std::unique_ptr<Candidacy> stand(Client& client, Session& session, const std::string& name,
                                        const std::string& value) {
  auto candidacy = Candidacy::stand(*Election::open(client, name), session, value, within(kPatience));
  REQUIRE_MESSAGE(candidacy.has_value(), candidacy.error().message);
  return *std::move(candidacy);
}

template <typename Outcome>
bool is(const Result<Candidacy::Verdict>& verdict) {
  return verdict && std::holds_alternative<Outcome>(*verdict);
}

}  // namespace elect::testing
