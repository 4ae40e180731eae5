// Ends the program if a call to etcd hangs: the main thread may wait for it for ever, and no signal ends that wait. The
// guard notices that electctl is gone, and ends CMD.
#pragma once

#include <chrono>

namespace cli {

class Watchdog {
 public:
  // Call it once a second at least. If a call of it is late, this process was stopped, or did not get the processor.
  // Then the calls to etcd need a moment to end.
  void look();

 private:
  std::chrono::steady_clock::time_point last_look_ = std::chrono::steady_clock::now();
  int hung_looks_ = 0;
};

}  // namespace cli
