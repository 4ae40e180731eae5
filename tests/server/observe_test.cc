// What is reported to observers, against a real etcd.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cluster.h"

using namespace elect;
using namespace elect::testing;

namespace {

struct Seen {
  Observation::Type type;
  std::string value;
  bool operator==(const Seen&) const = default;
};
using Type = Observation::Type;

// Observes in a thread of its own until it has got so many observations.
class Observing {
 public:
  Observing(Client& client, const std::string& name, std::size_t expected, Revision from = 0)
      : thread_([this, &client, name, expected, from] {
          auto election = Election::open(client, name);
          const auto report = [&](const Observation& observation) {
            const std::lock_guard lock(mutex_);
            seen_.push_back({observation.type, observation.leader.value});
            changed_.notify_all();
            return seen_.size() < expected;
          };
          const auto ended = election->observe(from, report, within(kPatience));
          const std::lock_guard lock(mutex_);
          if (!ended) error_ = ended.error().code;
          changed_.notify_all();
        }) {}

  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return seen_.size() >= count; }));
  }
  std::vector<Seen> all() {
    thread_.join();
    return seen_;
  }
  std::optional<Errc> error() {
    if (thread_.joinable()) thread_.join();
    return error_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  std::optional<Errc> error_;
  std::jthread thread_;
};

}  // namespace

TEST_CASE("an observer sees the present leader, every proclaim, every vacancy and every election, in order") {
  const auto client = connect();
  const auto name = unique_name("order");
  auto first = open_session(*client);
  const auto a = stand(*client, *first, name, "a");
  Observing observing(*client, name, 6);
  observing.wait_for(1);
  auto election = Election::open(*client, name);
  CHECK(election->proclaim(a->self(), "a2").value());
  CHECK(election->proclaim(a->self(), "a3").value());
  REQUIRE(first->close().has_value());
  auto second = open_session(*client);
  const auto b = stand(*client, *second, name, "b");
  auto third = open_session(*client);
  const auto c = stand(*client, *third, name, "c");
  CHECK(election->proclaim(c->self(), "c2").value());  // Only a waiting candidate: no observation.
  REQUIRE(second->close().has_value());
  CHECK(observing.all() == std::vector<Seen>{{Type::elected, "a"},
                                             {Type::proclaimed, "a2"},
                                             {Type::proclaimed, "a3"},
                                             {Type::vacant, "a3"},
                                             {Type::elected, "b"},
                                             {Type::elected, "c2"}});
}

TEST_CASE("an observer of an election that nobody stands in yet is told so, and of the first leader") {
  const auto client = connect();
  const auto name = unique_name("empty");
  Observing observing(*client, name, 2);
  observing.wait_for(1);
  const auto session = open_session(*client);
  const auto candidacy = stand(*client, *session, name, "a");
  CHECK(observing.all() == std::vector<Seen>{{Type::vacant, ""}, {Type::elected, "a"}});
}

TEST_CASE("observing begins in the past where it is asked to") {
  const auto client = connect();
  const auto name = unique_name("past");
  auto first = open_session(*client);
  const auto a = stand(*client, *first, name, "a");
  REQUIRE(first->close().has_value());
  auto second = open_session(*client);
  const auto b = stand(*client, *second, name, "b");
  Observing observing(*client, name, 3, a->self().create_revision);
  CHECK(observing.all() == std::vector<Seen>{{Type::elected, "a"}, {Type::vacant, "a"}, {Type::elected, "b"}});
}

TEST_CASE("a revision that the store has not got yet is refused as such") {
  const auto client = connect();
  Observing observing(*client, unique_name("future"), 1, 1'000'000'000);
  CHECK(observing.error() == Errc::future_revision);
}
