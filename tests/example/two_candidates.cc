// Two candidates in one process: the first leads, resigns, and the second wins. An observer sees both.
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <thread>

#include "elect/candidacy.h"

using namespace elect;
using namespace std::chrono_literals;

constexpr auto kPatience = 10s;

// Returns the outcome. If there is none, prints why and exits.
template <typename T>
T get(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "Error: %s\n", describe(result.error()).c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

int main(int argc, char** argv) {
  const auto client = get(Client::open({.endpoints = {argc > 1 ? argv[1] : "127.0.0.1:2379"}}));
  const auto election = get(Election::open(*client, "example"));
  const auto first = get(Session::open(*client, {.ttl = 5s}, within(kPatience)));
  const auto second = get(Session::open(*client, {.ttl = 5s}, within(kPatience)));
  const auto e1 = get(Candidacy::stand(election, *first, "e1", within(kPatience)));
  const auto e2 = get(Candidacy::stand(election, *second, "e2", within(kPatience)));

  std::latch observed(1);
  std::jthread observer([&] {
    const auto tell = [&](const Observation& seen) {
      std::printf("observed %s\n", seen.leader.value.c_str());
      if (seen.leader.value == "e1") observed.count_down();
      return seen.leader.value != "e2";
    };
    get(election.observe(0, tell, within(kPatience)));
  });
  observed.wait();

  std::printf("e1 leads: %s, e2 leads: %s\n", e1->elected() ? "yes" : "no", e2->elected() ? "yes" : "no");
  get(e1->withdraw());
  get(e2->wait(within(kPatience)));
  observer.join();
  std::printf("e2 leads: %s\n", e2->elected() ? "yes" : "no");
  get(first->close());
  get(second->close());
}
