// The line that a waiting candidate has on a terminal: its place in the queue, who leads, and for how long it has
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

// On standard error, from construction to destruction, which clears it. It has a thread of its own, that draws it each
// second (on a dumb terminal: where it says something new), and looks at the whole queue when it is told to, and now
// and then by itself: a candidate watches no more than the one in front of it. Where the system refuses the thread,
// there is no line.
class PlaceLine {
 public:
  // `self`: the candidate's create revision; `ahead`: the key of whoever is next in front.
  PlaceLine(elect::Election election, elect::Revision self, std::string ahead);
  ~PlaceLine();

  PlaceLine(const PlaceLine&) = delete;
  PlaceLine& operator=(const PlaceLine&) = delete;

  // Somebody else is next in front. Any thread.
  void moved(std::string ahead);

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] std::string look(const std::stop_token& stop, const std::string& ahead) const;
  void draw(const std::string& place) const;

  const bool dumb_;

  const elect::Election election_;
  const elect::Revision self_;
  const elect::BootTime begun_ = elect::BootClock::now();
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string ahead_;
  bool moved_ = true;
  std::jthread thread_;
};

}  // namespace cli
