// The status line of a waiting candidate on a terminal: its position in the queue, who leads, and how long it has
// waited.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "elect/clock.h"
#include "elect/election.h"

namespace cli {

// Shown on standard error from construction to destruction, which clears it. A thread of its own draws it each second.
// On a dumb terminal it draws only changes. The thread reads the whole queue after set_ahead(), and also from time to
// time, because a candidate watches only the one in front of it. If the system refuses the thread, there is no line.
class StatusLine {
 public:
  // `self`: the candidate's create revision. `ahead`: the key of the candidate directly in front of it.
  StatusLine(elect::Election election, elect::Revision self, std::string ahead);
  ~StatusLine();

  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  // Another candidate is now directly in front. Thread-safe.
  void set_ahead(std::string ahead);

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] std::string read_position(const std::stop_token& stop, const std::string& ahead) const;
  void draw(const std::string& place) const;

  const bool terminal_is_dumb_;

  const elect::Election election_;
  const elect::Revision own_revision_;
  const elect::BootTime waiting_since_ = elect::BootClock::now();
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string ahead_;
  bool ahead_changed_ = true;
  std::jthread thread_;
};

}  // namespace cli
