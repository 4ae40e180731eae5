// The names of elections for the shells' completion. If etcd does not answer soon, there are none: a person who types
// must not wait for a cluster.
#include <sys/time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>

#include "elect/survey.h"
#include "elect/text.h"
#include "grammar/command.h"
#include "output.h"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 250ms;  // A completion may take 300 ms in all.
constexpr std::int64_t kMostKeys = 20'000;

// Ends the process after kPatience, whatever hangs, even a DNS look-up.
void leave_in_time() {
  std::signal(SIGALRM, [](int) { ::_exit(kDone); });
  const itimerval timer{{0, 0}, {0, std::chrono::duration_cast<std::chrono::microseconds>(kPatience).count()}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Declared declare_election_names(CLI::App& app) {
  auto begun = std::make_shared<std::string>();
  app.add_option("BEGUN", *begun, "what has been typed of the name");
  const auto run = [begun](Context& context) -> Outcome {
    leave_in_time();
    context.options.client.dial_timeout = context.options.client.command_timeout = kPatience;
    const auto client = context.client();
    if (!client) return kDone;
    const auto survey = elect::survey(**client, *begun, {.limit = kMostKeys, .keys_only = true, .by_key = true});
    if (!survey) return kDone;  // Nobody would read an error.
    std::string names;
    for (const auto& [name, queue] : survey->elections.all()) {
      if (elect::printable(name) == name) names += name + "\n";
    }
    if (auto written = write_result(names); !written) return std::unexpected(written.error());
    return kDone;
  };
  return {run, {}};
}

}  // namespace cli
