// Runs CMD under the guard while its candidate leads: starts it, waits for its end, and ends it. CMD never outlives it.
#pragma once

#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "elect/error.h"
#include "process/guard.h"

namespace cli {

class Gate {
 public:
  // Starts CMD. If no thread can be made to watch it, CMD is not started. Tell the guard the lease's deadline before
  // that, and also each later deadline. `held_file`: see Guard::start().
  Gate(Guard& guard, const std::vector<std::string>& argv, const std::vector<std::string>& environment, int held_file);

  // Ends CMD if it still runs, and waits for its end.
  ~Gate();

  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Fires when CMD has ended, or could not be started.
  [[nodiscard]] std::stop_token ended_token() const { return ended_.get_token(); }

  // Waits for CMD's end. An error: CMD could not be started, or not be watched. It does not run then either.
  [[nodiscard]] elect::Result<Ending> wait();

 private:
  void watch();

  Guard& guard_;
  elect::Result<Ending> ending_{};
  std::stop_source ended_;
  std::latch start_attempted_{1};
  std::jthread watcher_;
};

}  // namespace cli
