// One client's connection: relays the bytes between its socket and the gRPC server in this process.
//
// So a connection can be cut, and a stream can end without a status. gRPC's server cannot do that itself: the relay
// replaces trailers that hold kNoStatus by the end of the stream.
#pragma once

#include <atomic>
#include <string_view>
#include <thread>

namespace callproxy {

// The metadata in a trailer that requests that. The server's header compression must be off.
inline constexpr std::string_view kNoStatus = "x-no-status";

class Relay {
 public:
  // Takes ownership of `client`, an accepted socket.
  explicit Relay(int client);
  ~Relay();

  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // The server's end. The caller takes ownership of it.
  [[nodiscard]] int server_end() const { return server_end_; }

  void cut() const;
  [[nodiscard]] bool is_over() const { return running_ == 0; }

 private:
  int client_;
  int inner_ = -1;
  int server_end_ = -1;
  std::atomic<int> running_ = 2;
  std::jthread asked_;
  std::jthread answered_;
};

}  // namespace callproxy
