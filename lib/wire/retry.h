// Retries for calls that end something: a lease, a candidacy, a run.
#pragma once

#include <algorithm>
#include <chrono>

#include "elect/clock.h"
#include "elect/error.h"
#include "wire/connection.h"

namespace elect {

// Runs `call` until it succeeds, whatever it failed with. Gives up at `give_up_at` and at the deadline of `until`,
// after a stop request, and if the account is not accepted. Then returns the last error. Each try has the time of one
// call, but ends at the deadline. A try that would last past `give_up_at` is shortened to that, or to 1 s.
template <typename Call>
[[nodiscard]] auto retry_until(const Connection& connection, BootTime give_up_at, const Until& until,
                               const Call& call) {
  constexpr std::chrono::milliseconds pause{100};
  const BootTime deadline = until.deadline.value_or(BootTime::max());
  for (;;) {
    const BootTime limit = std::min(std::max(give_up_at, BootClock::now() + std::chrono::seconds(1)), deadline);
    auto answer = call(connection.for_one_call({until.stop, limit}));
    if (answer) return answer;
    const Errc code = answer.error().code;
    const bool late = BootClock::now() >= std::min(give_up_at, deadline);
    if (late || code == Errc::interrupted || is_about_account(code)) return answer;
    pause_for(pause, until.stop);
  }
}

}  // namespace elect
