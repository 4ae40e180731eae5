// Runs functions later, one after the other, in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace callproxy {

class Timer {
 public:
  using Clock = std::chrono::steady_clock;

  void after(std::chrono::milliseconds delay, std::function<void()> action) {
    {
      const std::lock_guard lock(mutex_);
      due_.emplace(Clock::now() + delay, std::move(action));
    }
    changed_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (due_.empty()) {
        changed_.wait(lock, stop, [this] { return !due_.empty(); });
        continue;
      }
      const auto first = due_.begin();
      if (const auto time = first->first; time > Clock::now()) {
        changed_.wait_until(lock, stop, time, [this, time] { return due_.begin()->first < time; });
        continue;
      }
      const auto action = std::move(first->second);
      due_.erase(first);
      lock.unlock();
      action();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<Clock::time_point, std::function<void()>> due_;
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

}  // namespace callproxy
