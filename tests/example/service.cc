// A service that runs on several hosts and works on one of them: service ENDPOINT VALUE. At SIGTERM it gives leadership
// up and exits.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "elect/lead.h"

using namespace elect;
using namespace std::chrono_literals;

// Returns the outcome. If there is none, prints why and exits.
template <typename T>
T get(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "Error: %s\n", describe(result.error()).c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Requests a stop at SIGTERM, in a thread of its own. Call it before other threads start: they inherit the blocked
// signal.
std::jthread at_sigterm(std::stop_source stop) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return std::jthread([signals, stop](std::stop_token ended) mutable {
    const timespec tick{0, 100'000'000};
    while (!ended.stop_requested()) {
      if (sigtimedwait(&signals, nullptr, &tick) == SIGTERM) stop.request_stop();
    }
  });
}

void serve(std::stop_token stop, const Candidate& self) {
  std::printf("%s serves with token %ld\n", self.value.c_str(), self.create_revision);
  std::fflush(stdout);
  while (!stop.stop_requested()) pause_for(1s, stop);  // The work. Each piece is shorter than a third of the TTL.
}

int main(int, char** argv) {
  std::stop_source stop;
  const std::jthread signals = at_sigterm(stop);
  const auto client = get(Client::open({.endpoints = {argv[1]}}));
  const auto election = get(Election::open(*client, "service"));
  const auto session = get(Session::open(*client, {.ttl = 10s}, {.stop = stop.get_token()}));
  const auto outcome = get(lead(*session, election, argv[2], serve, {.stop = stop.get_token()}));
  get(session->close());
  const auto* loss = std::get_if<Loss>(&outcome);
  std::printf("%s\n", loss == nullptr ? "done" : loss->message.c_str());
  return loss == nullptr ? 0 : 1;
}
