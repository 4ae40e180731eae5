// Notes when the calls to grpc that are under way should end. If the system refuses grpc a thread, they may hang and
// ignore their deadlines. See Client::overdue().
#pragma once

#include <chrono>
#include <set>

#include "elect/clock.h"

namespace elect {

// While it lives, its thread waits for grpc, and should be done by `deadline`.
class UnderWay {
 public:
  explicit UnderWay(BootTime deadline);
  ~UnderWay();
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  // How long the call that should have ended first is past its deadline; 0: none is.
  [[nodiscard]] static std::chrono::nanoseconds overdue();

 private:
  // grpc uses this clock, too. It stands still while the machine sleeps.
  std::multiset<std::chrono::steady_clock::time_point>::const_iterator ends_by_;
};

}  // namespace elect
