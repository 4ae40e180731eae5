// Notices when the reader of standard output is gone.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "exit_code.h"

namespace cli {

// While it exists, it notices that the reader has closed the pipe or socket, even if nothing is being written. A
// long-lived subcommand then ends at once, and not only at its next line. Construct it after Signals.
class Reader {
 public:
  // `stop` triggers token() as well.
  explicit Reader(const std::stop_token& stop);
  ~Reader();

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Triggered when the reader closes its end, and by `stop`.
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
  int wake_ = -1;  // An eventfd that ends the thread; -1: there is no thread.
  std::stop_callback<Relay> relay_;
  std::jthread thread_;
};

// How a subcommand ends when its reader is gone: without a message, as if by SIGPIPE.
[[nodiscard]] Failure reader_gone();

}  // namespace cli
