// etcd's own scenarios and the library's promises, against a real etcd.
#include <pthread.h>

#include <atomic>
#include <future>

#include "cluster.h"

using namespace elect;
using namespace elect::testing;

TEST_CASE("the first candidate is elected by the Txn it stands with") {
  const auto client = connect();
  const auto name = unique_name("first");
  const auto session = open_session(*client);
  const auto candidacy = stand(*client, *session, name, "a");
  CHECK(candidacy->elected());
  CHECK(candidacy->self().key == key_of(name, session->lease()));
  auto election = Election::open(*client, name);
  const auto listing = election->candidates();
  REQUIRE(listing->candidates.size() == 1);
  CHECK(listing->candidates.front() == candidacy->self());
}

TEST_CASE("candidates are served first come, first served, each told only when nobody is in front") {
  const auto client = connect();
  const auto name = unique_name("queue");
  std::vector<std::unique_ptr<Session>> sessions;
  std::vector<std::unique_ptr<Candidacy>> candidacies;
  for (int i = 0; i < 5; ++i) {
    sessions.push_back(open_session(*client));
    candidacies.push_back(stand(*client, *sessions.back(), name, std::to_string(i)));
    CHECK(candidacies.back()->elected() == (i == 0));
  }
  for (int i = 0; i < 5; ++i) {
    CHECK(is<Candidacy::Elected>(candidacies[i]->wait(within(kPatience))));
    if (i + 1 < 5) CHECK(is<Candidacy::NotElected>(candidacies[i + 1]->wait(within(50ms))));
    REQUIRE(sessions[i]->close().has_value());
  }
}

TEST_CASE("a blocked candidate can be interrupted while another waits on") {
  const auto client = connect();
  const auto name = unique_name("interrupt");
  const auto first = open_session(*client), second = open_session(*client), third = open_session(*client);
  const auto leader = stand(*client, *first, name, "1");
  const auto blocked = stand(*client, *second, name, "2");
  const auto waiting = stand(*client, *third, name, "3");
  std::stop_source stop;
  auto interrupted = std::async(std::launch::async, [&] { return blocked->wait({stop.get_token(), {}}); });
  auto patient = std::async(std::launch::async, [&] { return waiting->wait(within(kPatience)); });
  stop.request_stop();
  const auto verdict = interrupted.get();
  REQUIRE_FALSE(verdict.has_value());
  CHECK(verdict.error().code == Errc::interrupted);
  REQUIRE(second->close().has_value());
  REQUIRE(first->close().has_value());
  CHECK(is<Candidacy::Elected>(patient.get()));
}

TEST_CASE("standing again with the same lease changes the value and keeps the place") {
  const auto client = connect();
  const auto name = unique_name("again");
  const auto session = open_session(*client);
  const auto candidacy = stand(*client, *session, name, "a");
  const auto again = stand(*client, *session, name, "b");
  CHECK(again->elected());
  CHECK(again->self().create_revision == candidacy->self().create_revision);
  const auto listing = Election::open(*client, name)->candidates();
  REQUIRE(listing->candidates.size() == 1);
  CHECK(listing->candidates.front().value == "b");
  CHECK(listing->candidates.front().mod_revision > listing->candidates.front().create_revision);
}

TEST_CASE("a restarted process keeps leadership with the lease it had") {
  const auto client = connect();
  const auto name = unique_name("restart");
  auto first = open_session(*client);
  const auto before = stand(*client, *first, name, "a");
  const LeaseId lease = first->lease();
  const auto rival_session = open_session(*client);
  const auto rival = stand(*client, *rival_session, name, "rival");

  const auto resumed = open_session(*client, {.ttl = 10s, .lease = lease});
  CHECK_FALSE(resumed->owned());
  const auto after = stand(*client, *resumed, name, "a");
  CHECK(after->elected());
  CHECK(after->self().create_revision == before->self().create_revision);
  CHECK_FALSE(rival->elected());
}

TEST_CASE("a name that is the prefix of another election's keys is another election") {
  const auto client = connect();
  const auto name = unique_name("prefix");
  const auto session = open_session(*client), other = open_session(*client);
  CHECK(stand(*client, *session, name + "x", "a")->elected());
  CHECK(stand(*client, *other, name, "b")->elected());
}

TEST_CASE("a waiting candidate is elected when the lease in front is revoked") {
  const auto client = connect();
  const auto name = unique_name("failover");
  const auto first = open_session(*client), second = open_session(*client);
  const auto leader = stand(*client, *first, name, "1");
  const auto waiting = stand(*client, *second, name, "2");
  auto verdict = std::async(std::launch::async, [&] { return waiting->wait(within(kPatience)); });
  CHECK(client->revoke(first->lease(), within(kPatience)).value());
  CHECK(is<Candidacy::Elected>(verdict.get()));
  CHECK(waiting->elected());
}

TEST_CASE("a candidate in front of which one leaves, that did not lead, waits behind the next one") {
  const auto client = connect();
  const auto name = unique_name("middle");
  const auto first = open_session(*client), second = open_session(*client), third = open_session(*client);
  const auto leader = stand(*client, *first, name, "1");
  const auto leaves = stand(*client, *second, name, "2");
  const auto waiting = stand(*client, *third, name, "3");
  CHECK(waiting->ahead().key == leaves->self().key);
  std::promise<std::string> moved;
  auto ahead = moved.get_future();
  auto verdict = std::async(std::launch::async, [&] {
    return waiting->wait(within(kPatience), [&](const Ahead& now) { moved.set_value(now.key); });
  });
  REQUIRE(second->close().has_value());
  REQUIRE(ahead.wait_for(kPatience) == std::future_status::ready);
  CHECK(ahead.get() == leader->self().key);
  REQUIRE(first->close().has_value());
  CHECK(is<Candidacy::Elected>(verdict.get()));
}

TEST_CASE("a leader learns at once that its key was deleted") {
  const auto client = connect();
  const auto name = unique_name("deleted");
  const auto session = open_session(*client, {.ttl = 60s});
  const auto candidacy = stand(*client, *session, name, "a");
  auto lost = std::async(std::launch::async, [&] { return candidacy->hold(within(kPatience)); });
  CHECK(Election::open(*client, name)->resign(candidacy->self()).value());
  const auto loss = lost.get();
  REQUIRE(loss.has_value());
  REQUIRE(loss->has_value());
  CHECK((*loss)->cause == Loss::Cause::key_deleted);
}

TEST_CASE("a waiting candidate learns at once that its lease was revoked") {
  const auto client = connect();
  const auto name = unique_name("revoked");
  const auto first = open_session(*client), second = open_session(*client, {.ttl = 60s});
  const auto leader = stand(*client, *first, name, "1");
  const auto waiting = stand(*client, *second, name, "2");
  auto verdict = std::async(std::launch::async, [&] { return waiting->wait(within(kPatience)); });
  CHECK(client->revoke(second->lease(), within(kPatience)).value());
  CHECK(is<Loss>(verdict.get()));
}

TEST_CASE("a session whose lease is revoked is lost at its next renewal") {
  const auto client = connect();
  const auto session = open_session(*client, {.ttl = 2s});
  std::promise<void> lost;
  const std::stop_callback told(session->lost_token(), [&lost] { lost.set_value(); });
  CHECK(client->revoke(session->lease(), within(kPatience)).value());
  REQUIRE(lost.get_future().wait_for(kPatience) == std::future_status::ready);
  CHECK(session->loss()->cause == Loss::Cause::lease_gone);
}

TEST_CASE("ending a candidacy never hits a later one of the same key") {
  const auto client = connect();
  const auto name = unique_name("guarded");
  const auto session = open_session(*client);
  const auto earlier = stand(*client, *session, name, "a");
  auto election = Election::open(*client, name);
  CHECK(election->resign(earlier->self()).value());
  const auto later = stand(*client, *session, name, "b");
  CHECK_FALSE(election->resign(earlier->self()).value());
  CHECK_FALSE(election->proclaim(earlier->self(), "c").value());
  CHECK(election->candidates()->candidates.front() == later->self());
}

TEST_CASE("closing a session deletes its key and its lease") {
  const auto client = connect();
  const auto name = unique_name("close");
  const auto session = open_session(*client);
  const auto candidacy = stand(*client, *session, name, "a");
  REQUIRE(session->close().has_value());
  CHECK(Election::open(*client, name)->candidates()->candidates.empty());
  CHECK(client->time_to_live(session->lease())->ttl.count() < 0);
}

TEST_CASE("closing a session that is interrupted says that the lease was not revoked") {
  const auto client = connect();
  const auto session = open_session(*client);
  std::stop_source stop;
  stop.request_stop();
  const auto closed = session->close({stop.get_token(), {}});
  REQUIRE_FALSE(closed.has_value());
  CHECK(closed.error().code == Errc::interrupted);
  CHECK(client->time_to_live(session->lease())->ttl.count() > 0);
  CHECK(client->revoke(session->lease(), within(kPatience)).value());
}

TEST_CASE("a session on somebody else's lease never revokes it") {
  const auto client = connect();
  const auto owner = open_session(*client);
  const auto guest = open_session(*client, {.ttl = 10s, .lease = owner->lease()});
  REQUIRE(guest->close().has_value());
  CHECK(client->time_to_live(owner->lease())->ttl.count() > 0);
}

TEST_CASE("a lease that is not there is an error of its own") {
  const auto client = connect();
  const auto session = Session::open(*client, {.ttl = 10s, .lease = 0x123456}, within(kPatience));
  REQUIRE_FALSE(session.has_value());
  CHECK(session.error().code == Errc::lease_not_found);
}

TEST_CASE("opening a client ends at a stop request where it asks DNS for endpoints") {
  std::stop_source stop;
  stop.request_stop();
  const auto client = Client::open({.discovery_srv = "elect.invalid"}, {.stop = stop.get_token()});
  REQUIRE_FALSE(client);
  CHECK(client.error().code == Errc::interrupted);
}

TEST_CASE("an endpoint where nobody listens is unreachable, within the dial timeout") {
  ClientOptions options;
  options.endpoints = {"127.0.0.1:1"};
  options.dial_timeout = 300ms;
  const auto client = Client::open(std::move(options));
  const auto listing = Election::open(**client, "x")->candidates();
  REQUIRE_FALSE(listing.has_value());
  CHECK(listing.error().code == Errc::unreachable);
  CHECK(listing.error().endpoint == "127.0.0.1:1");
}

namespace {
// While an object exists, the system refuses every thread that does not set a stack size.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge{};
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 46U);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_{};
};
}  // namespace

TEST_CASE("a thread that the system refuses is an error, and leaves no lease") {
  const auto client = connect();
  REQUIRE(client->time_to_live(random_lease()));  // Makes grpc start its threads.
  const LeaseId lease = random_lease();
  {
    const NoThreads refused;
    const auto session = Session::open(*client, {.grant_as = lease}, within(kPatience));
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Errc::system);
    CHECK(session.error().message.find("the system refuses another thread") != std::string::npos);
  }
  const auto left = client->time_to_live(lease);
  REQUIRE(left);
  CHECK(left->ttl < 0s);
}

TEST_CASE("a thread that the system refuses ends a wait with an error; the candidate stands on") {
  const auto client = connect();
  const auto name = unique_name("refused");
  const auto first = open_session(*client);
  const auto leader = stand(*client, *first, name, "first");
  const auto second = open_session(*client);
  const auto waiting = stand(*client, *second, name, "second");
  {
    const NoThreads refused;
    const auto verdict = waiting->wait(within(kPatience));
    REQUIRE_FALSE(verdict);
    CHECK(verdict.error().code == Errc::system);
  }
  REQUIRE(first->close());
  CHECK(is<Candidacy::Elected>(waiting->wait(within(kPatience))));
}

TEST_CASE("a caller's short deadline leaves the connection to the others") {
  const char* endpoints = std::getenv("ETCDCTL_ENDPOINTS");
  REQUIRE(endpoints != nullptr);
  std::atomic<int> left = 0;
  ClientOptions options;
  options.endpoints = {endpoints};
  options.log = [&left](std::string_view line) { left += line.starts_with("leaving ") ? 1 : 0; };
  const auto client = Client::open(options);
  REQUIRE(client.has_value());
  const auto name = unique_name("haste");
  // So that a call takes some milliseconds: grpc lets a deadline pass up to a millisecond late.
  const auto session = open_session(**client);
  const auto candidacy = stand(**client, *session, name, std::string(1'000'000, 'v'));
  const auto election = Election::open(**client, name);
  REQUIRE(election->candidates().has_value());
  int late = 0;
  for (int i = 0; i < 200; ++i) late += election->candidates({}, within(20us)) ? 0 : 1;
  CHECK(late > 0);
  CHECK(election->candidates().has_value());
  CHECK(left == 0);
}

TEST_CASE("a session says that it is lost once its time is over, also where its own thread does not run") {
  const auto client = connect();
  std::promise<void> stuck;
  std::promise<void> go_on;
  auto may_go_on = go_on.get_future();
  int renewed = 0;
  SessionOptions options;
  options.ttl = 2s;
  // open() makes the first call, the session's thread the second one.
  options.on_renewed = [&](const Validity&) {
    if (++renewed != 2) return;
    stuck.set_value();
    may_go_on.wait();
  };
  const auto session = open_session(*client, options);
  const auto name = unique_name("asleep");
  const auto candidacy = stand(*client, *session, name, "a");
  REQUIRE(stuck.get_future().wait_for(kPatience) == std::future_status::ready);
  CHECK_FALSE(session->loss().has_value());
  const auto held = candidacy->hold(within(kPatience));
  CHECK(BootClock::now() >= session->validity().lost_from());
  CHECK((held && *held && (*held)->cause == Loss::Cause::no_answer));
  CHECK(session->loss().has_value());
  CHECK(session->lost_token().stop_requested());
  go_on.set_value();
}
