#include "process/gate.h"

#include <poll.h>

#include "elect/thread.h"

namespace cli {

Gate::Gate(Guard& guard, const std::vector<std::string>& argv, const std::vector<std::string>& environment,
           int held_file)
    : guard_(guard) {
  // Start the thread first: CMD must not run without a thread that watches it.
  auto watcher = elect::start_thread([this] {
    start_attempted_.wait();
    if (!ended_.stop_requested()) watch();
  });
  // Releases the waiting thread, also if start() throws because memory is refused.
  struct WatcherRelease {
    Gate& gate;
    bool cmd_started = false;
    ~WatcherRelease() {
      if (!cmd_started) gate.ended_.request_stop();
      gate.start_attempted_.count_down();
    }
  } release{*this};
  auto started = watcher ? guard.start(argv, environment, held_file) : std::unexpected(watcher.error());
  if (watcher) watcher_ = *std::move(watcher);
  release.cmd_started = started.has_value();
  if (!started) ending_ = std::unexpected(std::move(started).error());
}

Gate::~Gate() {
  if (!ended_.stop_requested()) guard_.end_cmd();
}

elect::Result<Ending> Gate::wait() {
  if (watcher_.joinable()) watcher_.join();
  return ending_;
}

void Gate::watch() {
  for (;;) {
    auto event = guard_.next();
    if (!event) {
      ending_ = std::unexpected(event.error());
      break;
    }
    if (!*event) {
      pollfd readable{guard_.fd(), POLLIN, 0};
      ::poll(&readable, 1, -1);
    } else if (const auto* stopped = std::get_if<Stopped>(&**event)) {
      guard_.suspend(*stopped);
    } else {
      ending_ = std::get<Ending>(**event);
      break;
    }
  }
  ended_.request_stop();
}

}  // namespace cli
