#include "elect/validity.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace elect;
using namespace std::chrono_literals;
using State = Validity::State;

TEST_CASE("a holder is sure until 2/3 of the TTL after sending, and has lost at 9/10") {
  const BootTime sent(100s);
  const Validity validity(sent, 30s);
  CHECK(validity.at(sent) == State::sure);
  CHECK(validity.at(sent + 20s - 1ns) == State::sure);
  CHECK(validity.at(sent + 20s) == State::uncertain);
  CHECK(validity.at(sent + 27s - 1ns) == State::uncertain);
  CHECK(validity.at(sent + 27s) == State::lost);
  CHECK(validity.expiry() == sent + 30s);
}

TEST_CASE("without any answer all is lost from the beginning") { CHECK(Validity().at(BootTime(1ns)) == State::lost); }

TEST_CASE("an answer that arrives late never takes back what a later one promised") {
  Validity validity(BootTime(100s), 10s);
  validity.renew(BootTime(105s), 10s);
  CHECK(validity.expiry() == BootTime(115s));
  validity.renew(BootTime(103s), 10s);
  CHECK(validity.expiry() == BootTime(115s));
  validity.renew(BootTime(104s), 60s);
  CHECK(validity.expiry() == BootTime(164s));
}

TEST_CASE("a pause of any length ends at the stop request, and not before") {
  for (const std::chrono::nanoseconds length : {std::chrono::nanoseconds(1h), std::chrono::nanoseconds::max()}) {
    std::stop_source source;
    std::atomic<bool> asked = false;
    const std::jthread asker([&] {
      std::this_thread::sleep_for(20ms);
      asked = true;
      source.request_stop();
    });
    pause_for(length, source.get_token());
    CHECK(asked);
  }
}

TEST_CASE("a pause lasts its time, and none where it is over or stopped already") {
  const BootTime begun = BootClock::now();
  pause_for(20ms, {});
  CHECK(BootClock::now() - begun >= 20ms);
  pause_for(-1h, {});
  std::stop_source source;
  source.request_stop();
  pause_for(1h, source.get_token());
}
