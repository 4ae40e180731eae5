// Signals as a stop token and as values, in place of handlers.
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>

namespace cli {

// While one lives, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH do nothing by themselves; a thread
// of its own takes them. Make it before any other thread: threads inherit that the signals are blocked.
class Signals {
 public:
  // `handler` is called for every signal, from that thread, after first() has noted it. Throws std::system_error where
  // the system refuses the thread.
  explicit Signals(std::function<void(int)> handler = {});
  ~Signals();

  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Triggered by the first SIGINT, SIGTERM, SIGHUP or SIGQUIT.
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

  // Triggered by the third of them: whoever sends so many wants out, whatever is left undone.
  [[nodiscard]] std::stop_token impatient_token() const { return impatient_.get_token(); }

  // While they are passed on to somebody else: SIGHUP and SIGQUIT end nothing, and none counts as impatience.
  void pass_on(bool on) { passing_on_ = on; }

  // The first one's number; 0: none yet.
  [[nodiscard]] int first() const { return first_; }

 private:
  void take(const std::stop_token& own);

  std::function<void(int)> handler_;
  std::atomic<int> first_ = 0;
  std::atomic<bool> passing_on_ = false;
  std::stop_source stop_;
  std::stop_source impatient_;
  std::jthread thread_;
};

}  // namespace cli
