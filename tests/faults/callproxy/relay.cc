#include "relay.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace callproxy {
namespace {

constexpr std::size_t kFrameHead = 9;  // Length (3 bytes), type, flags, stream (4 bytes).
constexpr char kData = 0;
constexpr char kHeaders = 1;
constexpr char kEndStream = 1;

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Removes the complete frames from the start of `bytes`, and returns them as they are to be sent.
std::string whole_frames(std::string& bytes) {
  std::string out;
  std::size_t at = 0;
  while (bytes.size() - at >= kFrameHead) {
    const auto byte = [&](std::size_t i) { return std::size_t{static_cast<std::uint8_t>(bytes[at + i])}; };
    const std::size_t size = kFrameHead + (byte(0) << 16U | byte(1) << 8U | byte(2));
    if (bytes.size() - at < size) break;
    const std::string_view frame = std::string_view(bytes).substr(at, size);
    if (frame[3] == kHeaders && (frame[4] & kEndStream) != 0 && frame.find(kNoStatus) != frame.npos) {
      out += std::string{0, 0, 0, kData, kEndStream};
      out += frame.substr(5, 4);
    } else {
      out += frame;
    }
    at += size;
  }
  bytes.erase(0, at);
  return out;
}

template <typename Change>
void pump(int from, int to, Change change) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0 || !send_all(to, change(std::string_view(buffer.data(), static_cast<std::size_t>(got))))) break;
  }
  ::shutdown(from, SHUT_RDWR);
  ::shutdown(to, SHUT_RDWR);
}

}  // namespace

Relay::Relay(int client) : client_(client) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::runtime_error("no socket pair is to be had");
  }
  inner_ = ends[0];
  server_end_ = ends[1];
  asked_ = std::jthread([this] {
    pump(client_, inner_, [](std::string_view bytes) { return bytes; });
    --running_;
  });
  answered_ = std::jthread([this] {
    std::string unfinished;
    pump(inner_, client_, [&unfinished](std::string_view bytes) {
      unfinished += bytes;
      return whole_frames(unfinished);
    });
    --running_;
  });
}

Relay::~Relay() {
  cut();
  asked_.join();
  answered_.join();
  ::close(client_);
  ::close(inner_);
}

void Relay::cut() const {
  ::shutdown(client_, SHUT_RDWR);
  ::shutdown(inner_, SHUT_RDWR);
}

}  // namespace callproxy
