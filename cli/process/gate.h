// CMD under its guard, while its candidate leads: started, watched, ended, and never left behind.
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
  // Starts CMD, unless a thread to watch it is refused. The guard has been told the lease's deadline, and is told each
  // later one by others. `held`: see Guard::start().
  Gate(Guard& guard, const std::vector<std::string>& argv, const std::vector<std::string>& environment, int held);

  // Ends CMD where it still runs, and waits for its end.
  ~Gate();

  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Triggered when CMD has ended.
  [[nodiscard]] std::stop_token ended_token() const { return ended_.get_token(); }

  // Waits for CMD's end. An error where it could not be watched: it is dead all the same.
  [[nodiscard]] elect::Result<Ending> wait();

 private:
  void watch();

  Guard& guard_;
  elect::Result<Ending> ending_{};
  std::stop_source ended_;
  std::latch start_tried_{1};
  std::jthread watcher_;
};

}  // namespace cli
