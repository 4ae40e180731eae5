// Whoever reads standard output, and goes.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "exit_code.h"

namespace cli {

// While one lives, it notices that the reader of standard output has closed the pipe or socket, also while nothing is
// written: a long-lived subcommand is to end then, and not only when its next line is due. Make it after Signals.
class Reader {
 public:
  // `stop`: what token() is to heed as well.
  explicit Reader(const std::stop_token& stop);
  ~Reader();

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Triggered when the reader goes, and by `stop`.
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  [[nodiscard]] bool is_gone() const { return gone_; }

 private:
  void watch();

  struct Relay {
    Reader* reader;
    void operator()() const { reader->stop_.request_stop(); }
  };

  std::stop_source stop_;
  std::atomic<bool> gone_ = false;
  int wake_ = -1;  // An eventfd that ends the thread; -1: there is none, and no thread.
  std::stop_callback<Relay> relay_;
  std::jthread thread_;
};

// How a program ends whose reader is gone: quietly, as if by SIGPIPE.
[[nodiscard]] Failure reader_gone();

}  // namespace cli
