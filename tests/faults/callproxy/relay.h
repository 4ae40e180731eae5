// One client's connection: the bytes between its socket and the gRPC server within this process.
//
// It lies between so that a connection can be cut, and so that a stream can end without a status, which gRPC's server
// cannot do itself: trailers that hold kNoStatus are replaced by the bare end of the stream.
#pragma once

#include <atomic>
#include <string_view>
#include <thread>

namespace callproxy {

// Metadata in a trailer that asks for that. The server's header compression must be off.
inline constexpr std::string_view kNoStatus = "x-no-status";

class Relay {
 public:
  // Takes over `client`, an accepted socket.
  explicit Relay(int client);
  ~Relay();

  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // The server's end, which whoever asks takes over.
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
