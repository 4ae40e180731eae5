// Running a CMD to its end, in our own process group and with our own standard streams: what observe does for each
// event. (A CMD that must not outlive a lease is the guard's: see guard.h.)
#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

#include "exit_code.h"

namespace cli {

class EventCommand {
 public:
  explicit EventCommand(std::vector<std::string> argv) : argv_(std::move(argv)) {}

  // Runs CMD with `variables` in its environment and waits for its end. Its exit code, 128+N where signal N ended it;
  // a failure (126, 127) where it could not be run. A variable that no environment can hold is left out, and said.
  [[nodiscard]] Outcome run(const std::vector<std::string>& variables);

  // Ends the CMD that runs now, and has none start from now on: run() answers 0 at once. From any thread.
  void end();
  [[nodiscard]] bool ended();

  // Passes a signal on to the CMD that runs now, if one does. From any thread.
  void signal(int number);

 private:
  void wait(int& status);

  const std::vector<std::string> argv_;
  std::mutex mutex_;
  pid_t running_ = 0;   // Guarded by mutex_. 0: none.
  bool ended_ = false;  // Guarded by mutex_.
};

}  // namespace cli
