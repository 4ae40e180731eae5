// Looks up names with c-ares, in /etc/hosts and in DNS, like grpc. A statically linked program must not use the look-up
// of the C library: it loads shared objects of the machine. Not thread-safe.
#pragma once

#include <ares.h>
#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"

namespace elect {

// One SRV record.
struct Service {
  int priority;
  std::string host;
  std::uint16_t port;
};

// What DNS says about one name.
struct ServiceAnswer {
  std::string name;
  std::vector<Service> services;  // The lowest priority number first.
  std::string failure;            // Why there are none, for people.
};

struct SocketAddress {
  sockaddr_storage bytes;
  socklen_t size;
};

class Resolver {
 public:
  // Reads the machine's configuration (/etc/resolv.conf).
  [[nodiscard]] static Result<std::unique_ptr<Resolver>> open();

  // The SRV records of several names. All questions are sent at once.
  [[nodiscard]] std::vector<ServiceAnswer> services(std::span<const std::string> names, BootTime give_up_at,
                                                    const std::stop_token& stop = {});

  // The host's addresses, IPv6 and IPv4, in the order in which to try them. `host` may be an IP address. Empty: there
  // are none, or no answer came in time.
  [[nodiscard]] std::vector<SocketAddress> addresses(const std::string& host, const std::string& port,
                                                     BootTime give_up_at);

 private:
  struct ChannelEnd {
    void operator()(ares_channel channel) const { ares_destroy(channel); }
  };
  using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelEnd>;

  Resolver() = default;
  static void note_socket(void* resolver, ares_socket_t socket, int readable, int writable);
  // Waits until all questions are answered. At `give_up_at` the open ones are answered with ARES_ECANCELLED.
  void wait_for(const std::function<bool()>& answered, BootTime give_up_at, const std::stop_token& stop = {});

  std::map<ares_socket_t, short> sockets_;  // The poll events to wait for, by socket.
  Channel channel_;                         // Declared last: its destructor still calls note_socket().
};

}  // namespace elect
