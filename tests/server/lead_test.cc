// lead(): what a service may rely on, against a real etcd.
#include "elect/lead.h"

#include <csignal>
#include <fstream>
#include <future>
#include <stdexcept>

#include "cluster.h"

using namespace elect;
using namespace elect::testing;

namespace {

struct Setting {
  std::unique_ptr<Client> client = connect();
  Election election = *Election::open(*client, unique_name("lead"));
  std::unique_ptr<Session> session;

  explicit Setting(std::chrono::seconds ttl = 60s) : session(open_session(*client, {.ttl = ttl})) {}
  [[nodiscard]] std::size_t standing() const { return election.candidates()->candidates.size(); }
};

// Work that reports when it has begun, and ends at the stop request.
struct WorkUntilStop {
  std::promise<Candidate> begun;
  Work work = [this](std::stop_token stop, const Candidate& self) {
    begun.set_value(self);
    const BootTime give_up = BootClock::now() + 3 * kPatience;
    while (!stop.stop_requested() && BootClock::now() < give_up) pause_for(kPatience, stop);
    stopped = stop.stop_requested();
  };
  bool stopped = false;
};

// Stops one member of the sandbox while the object exists.
class StoppedMember {
 public:
  StoppedMember() {
    const char* folder = std::getenv("SANDBOX_DIR");
    REQUIRE(folder != nullptr);
    std::ifstream(std::string(folder) + "/member-1.pid") >> process_;
    REQUIRE(process_ > 0);
    kill(process_, SIGSTOP);
  }
  ~StoppedMember() { kill(process_, SIGCONT); }
  StoppedMember(const StoppedMember&) = delete;
  StoppedMember& operator=(const StoppedMember&) = delete;

 private:
  pid_t process_ = 0;
};

template <typename Outcome>
bool ends_with(const Result<LeadOutcome>& outcome) {
  return outcome && std::holds_alternative<Outcome>(*outcome);
}

}  // namespace

TEST_CASE("lead: the work is done while leading, then the key is gone and the session stands again") {
  const Setting setting;
  for (int time = 0; time < 2; ++time) {
    bool led = false;
    const auto outcome =
        lead(*setting.session, setting.election, "a", [&](const std::stop_token& stop, const Candidate& self) {
          led = !stop.stop_requested() && setting.election.candidates()->candidates.front() == self;
        });
    CHECK(ends_with<WorkDone>(outcome));
    CHECK(led);
    CHECK(setting.standing() == 0);
  }
  CHECK_FALSE(setting.session->loss().has_value());
}

TEST_CASE("lead: one that waits is served when the one in front has done its work") {
  const Setting first, other;
  WorkUntilStop work;
  std::stop_source stop;
  auto leader = std::async(std::launch::async, [&] {
    return lead(*first.session, first.election, "1", work.work, {.stop = stop.get_token()});
  });
  work.begun.get_future().wait();
  const auto same = Election::open(*other.client, first.election.name());
  auto waiting = std::async(std::launch::async, [&] {
    return lead(*other.session, *same, "2", [](const std::stop_token&, const Candidate&) {});
  });
  while (first.standing() < 2) std::this_thread::yield();
  stop.request_stop();
  CHECK(ends_with<WorkDone>(leader.get()));
  CHECK(ends_with<WorkDone>(waiting.get()));
}

TEST_CASE("lead: a resignation tells the work to stop at once, and the outcome says so") {
  const Setting setting;
  WorkUntilStop work;
  auto leading =
      std::async(std::launch::async, [&] { return lead(*setting.session, setting.election, "a", work.work); });
  const Candidate self = work.begun.get_future().get();
  const auto before = BootClock::now();
  CHECK(setting.election.resign(self).value());
  const auto outcome = leading.get();
  CHECK(BootClock::now() - before < kPatience);
  CHECK(work.stopped);
  REQUIRE(ends_with<Loss>(outcome));
  CHECK(std::get<Loss>(*outcome).cause == Loss::Cause::key_deleted);
}

TEST_CASE("lead: a key that is deleted as the work ends is a loss, not work that was done") {
  const Setting setting;
  for (int time = 0; time < 20; ++time) {
    const auto outcome =
        lead(*setting.session, setting.election, "a",
             [&](const std::stop_token&, const Candidate& self) { CHECK(setting.election.resign(self).value()); });
    REQUIRE(ends_with<Loss>(outcome));
    CHECK(std::get<Loss>(*outcome).cause == Loss::Cause::key_deleted);
  }
}

TEST_CASE("lead: without an answer the work is told to stop at 2/3 of the TTL, before another can lead") {
  const Setting setting(6s);
  auto state = Validity::State::sure;
  std::optional<StoppedMember> stopped_member;
  const auto outcome = lead(*setting.session, setting.election, "a", [&](std::stop_token stop, const Candidate&) {
    stopped_member.emplace();
    pause_for(3 * kPatience, stop);
    state = setting.session->validity().at(BootClock::now());
    stopped_member.reset();
  });
  CHECK(state == Validity::State::uncertain);
  REQUIRE(ends_with<Loss>(outcome));
  CHECK(std::get<Loss>(*outcome).cause == Loss::Cause::no_answer);
  CHECK(setting.standing() == 0);
}

TEST_CASE("lead: the deadline bounds the wait for leadership, not the work, and leaves no key") {
  const Setting setting;
  const auto rival_session = open_session(*setting.client);
  const auto rival = stand(*setting.client, *rival_session, setting.election.name(), "rival");
  bool ran = false;
  const auto work = [&](const std::stop_token& stop, const Candidate&) { ran = !stop.stop_requested(); };
  CHECK(ends_with<Candidacy::NotElected>(lead(*setting.session, setting.election, "a", work, within(200ms))));
  CHECK_FALSE(ran);
  CHECK(setting.standing() == 1);
  REQUIRE(rival->withdraw());
  const auto longer = [&](const std::stop_token& stop, const Candidate&) {
    pause_for(1500ms, stop);
    ran = !stop.stop_requested();
  };
  CHECK(ends_with<WorkDone>(lead(*setting.session, setting.election, "a", longer, within(1s))));
  CHECK(ran);
}

TEST_CASE("lead: a stop request ends the wait with an error, and leaves no key") {
  const Setting setting;
  const auto rival_session = open_session(*setting.client);
  const auto rival = stand(*setting.client, *rival_session, setting.election.name(), "rival");
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] {
    return lead(*setting.session, setting.election, "a", [](const std::stop_token&, const Candidate&) {},
                {.stop = stop.get_token()});
  });
  while (setting.standing() < 2) std::this_thread::yield();
  stop.request_stop();
  const auto outcome = waiting.get();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::interrupted);
  CHECK(setting.standing() == 1);
}

TEST_CASE("lead: what the work throws comes out when leadership is given up") {
  const Setting setting;
  const auto work = [](const std::stop_token&, const Candidate&) { throw std::runtime_error("no more"); };
  CHECK_THROWS_WITH_AS((void)lead(*setting.session, setting.election, "a", work), "no more", std::runtime_error);
  CHECK(setting.standing() == 0);
}

TEST_CASE("a candidacy gives itself a new value in its place, as long as it stands") {
  const Setting setting;
  const auto candidacy = stand(*setting.client, *setting.session, setting.election.name(), "a");
  CHECK(candidacy->proclaim("b").value());
  CHECK(setting.election.candidates()->candidates.front() == candidacy->self());
  CHECK(candidacy->self().value == "b");
  REQUIRE(candidacy->withdraw());
  CHECK_FALSE(candidacy->proclaim("c").value());
  CHECK(setting.standing() == 0);
}

TEST_CASE("a waiting candidate that proclaims is elected all the same when the one in front is gone") {
  const Setting first, second;
  const auto leader = stand(*first.client, *first.session, first.election.name(), "1");
  const auto waiting = stand(*second.client, *second.session, first.election.name(), "2");
  REQUIRE(leader->withdraw());
  CHECK(waiting->proclaim("3").value());
  CHECK(is<Candidacy::Elected>(waiting->wait(within(kPatience))));
}

TEST_CASE("a candidacy is taken up by its key and create revision, and nothing is put") {
  const Setting setting;
  const auto before = stand(*setting.client, *setting.session, setting.election.name(), "a");
  const Candidate self = before->self();
  const auto resumed = open_session(*setting.client, {.lease = setting.session->lease()});
  const auto again = Candidacy::resume(setting.election, *resumed, self.key, self.create_revision, within(kPatience));
  REQUIRE(again);
  REQUIRE(*again != nullptr);
  CHECK((*again)->elected());
  CHECK((*again)->self() == self);
  CHECK(setting.election.candidates()->candidates.front() == self);
}

TEST_CASE("a candidacy that is gone, or that another stands in place of, is not taken up") {
  const Setting setting;
  const auto before = stand(*setting.client, *setting.session, setting.election.name(), "a");
  const Candidate self = before->self();
  const auto resume = [&](const std::string& key, Session& session) {
    return Candidacy::resume(setting.election, session, key, self.create_revision, within(kPatience));
  };
  const auto other = open_session(*setting.client);
  const auto foreign = resume(self.key, *other);
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == Errc::refused);
  CHECK(resume("elsewhere/1f", *setting.session).error().code == Errc::usage);
  REQUIRE(before->withdraw());
  CHECK(resume(self.key, *setting.session).value() == nullptr);
  const auto later = stand(*setting.client, *setting.session, setting.election.name(), "b");
  CHECK(resume(self.key, *setting.session).value() == nullptr);
}
