// Runs a CMD and waits for its end. `observe` does this for each event. CMD shares electctl's process group and
// standard streams. (A CMD that must not outlive a lease runs under the guard: see guard.h.)
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

  // Runs CMD with `variables` in its environment and waits for its end. Returns its exit code, or 128+N if signal N
  // killed it, or a failure (126, 127) if it could not be run. If a variable does not fit into an environment, it is
  // left out and a warning is written.
  [[nodiscard]] Outcome run(const std::vector<std::string>& variables);

  // Ends the CMD that runs now. From then on run() starts nothing and returns 0 at once. May be called from any thread.
  void end();
  // Whether end() was called.
  [[nodiscard]] bool end_called();

  // Sends a signal to the CMD that runs now, if there is one. May be called from any thread.
  void signal(int number);

 private:
  void wait(int& status);

  const std::vector<std::string> argv_;
  std::mutex mutex_;
  pid_t running_pid_ = 0;    // Guarded by mutex_. 0: no CMD runs.
  bool end_called_ = false;  // Guarded by mutex_.
};

}  // namespace cli
