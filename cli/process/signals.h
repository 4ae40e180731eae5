// Turns signals into stop tokens and values. Replaces signal handlers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <thread>

namespace cli {

// While an object lives, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH are blocked, and its own
// thread receives them. Make it before any other thread, so that all threads inherit the blocked signals.
//
// The thread also looks after a Watchdog (watchdog.h).
class Signals {
 public:
  // The thread calls `handler` for every signal, after first() is set. Throws std::system_error if the system refuses
  // the thread.
  explicit Signals(std::function<void(int)> handler = {});
  ~Signals();

  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Fires at the first SIGINT, SIGTERM, SIGHUP or SIGQUIT.
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

  // Fires at the third of these signals. The user then wants to exit at once, even if work is left undone.
  [[nodiscard]] std::stop_token third_signal_token() const { return third_signal_.get_token(); }

  // Set it while the signals are passed on to another process. SIGHUP and SIGQUIT then fire no token, and no signal
  // counts for third_signal_token().
  void pass_on(bool on) { passing_on_ = on; }

  // The number of the first of these signals. 0: none yet.
  [[nodiscard]] int first() const { return first_; }

  // Whether this signal has come, even if it was only passed on.
  [[nodiscard]] bool came(int number) const { return (came_ >> number & 1) != 0; }

 private:
  void receive(const std::stop_token& own);

  std::function<void(int)> handler_;
  std::atomic<int> first_ = 0;
  std::atomic<std::uint64_t> came_ = 0;  // One bit for each signal.
  std::atomic<bool> passing_on_ = false;
  std::stop_source stop_;
  std::stop_source third_signal_;
  std::jthread thread_;
};

}  // namespace cli
