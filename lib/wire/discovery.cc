#include "wire/discovery.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "elect/clock.h"
#include "elect/text.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

struct Service {
  int priority;
  std::string address;  // host:port
};

// One question and its answer.
struct Lookup {
  std::string name;
  std::string_view scheme;
  std::vector<Service> services;
  int status = ARES_ENODATA;
  bool answered = false;
};

struct ChannelEnd {
  void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelEnd>;

void take(void* argument, int status, int, unsigned char* answer, int size) {
  auto& lookup = *static_cast<Lookup*>(argument);
  lookup.answered = true;
  ares_srv_reply* replies = nullptr;
  lookup.status = status == ARES_SUCCESS ? ares_parse_srv_reply(answer, size, &replies) : status;
  for (const auto* reply = replies; reply != nullptr; reply = reply->next) {
    std::string_view host = reply->host;
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty()) continue;  // "." says that there is no such service.
    lookup.services.push_back({reply->priority, fmt::format("{}:{}", host, reply->port)});
  }
  ares_free_data(replies);
  std::ranges::stable_sort(lookup.services, {}, &Service::priority);
}

// Until all are answered or time is over.
void process(ares_channel channel, const std::array<Lookup, 2>& lookups, BootTime give_up) {
  while (!std::ranges::all_of(lookups, &Lookup::answered) && BootClock::now() < give_up) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int bits = ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM);
    std::vector<pollfd> watched;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      const int events = (ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0);
      if (events != 0) watched.push_back({sockets[static_cast<std::size_t>(i)], static_cast<short>(events), 0});
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - BootClock::now());
    // c-ares asks again on a clock of its own: it is to be given turns.
    poll(watched.data(), watched.size(), static_cast<int>(std::clamp(left, 0ms, 100ms).count()));
    for (const auto& [socket, events, happened] : watched) {
      ares_process_fd(channel, (happened & ~POLLOUT) != 0 ? socket : ARES_SOCKET_BAD,
                      (happened & POLLOUT) != 0 ? socket : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }
}

std::string name_of(std::string_view service, const ClientOptions& options) {
  const std::string suffix = options.discovery_srv_name.empty() ? "" : "-" + options.discovery_srv_name;
  return fmt::format("_{}{}._tcp.{}", service, suffix, options.discovery_srv);
}

std::string outcome_of(const Lookup& lookup) {
  return fmt::format("{}: {}", printable(lookup.name),
                     lookup.answered ? ares_strerror(lookup.status) : "no answer in time");
}

}  // namespace

Result<std::vector<std::string>> discover(const ClientOptions& options) {
  if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) {
    return fail(Errc::system, fmt::format("cannot look up names: {}", ares_strerror(status)));
  }
  ares_channel raw = nullptr;
  if (const int status = ares_init(&raw); status != ARES_SUCCESS) {
    return fail(Errc::system, fmt::format("cannot look up names: {}", ares_strerror(status)));
  }
  std::array<Lookup, 2> lookups = {Lookup{name_of("etcd-client-ssl", options), "https", {}},
                                   Lookup{name_of("etcd-client", options), "http", {}}};
  {
    const Channel channel(raw);  // Ends first: it tells the questions that are still open so.
    for (auto& lookup : lookups) ares_query(raw, lookup.name.c_str(), ns_c_in, ns_t_srv, take, &lookup);
    process(raw, lookups, later(BootClock::now(), options.dial_timeout));
    for (auto& lookup : lookups) lookup.answered = lookup.answered && lookup.status != ARES_EDESTRUCTION;
  }
  std::vector<std::string> endpoints;
  bool plain_left_out = false;
  for (const auto& lookup : lookups) {
    const bool left_out = lookup.scheme == "http" && !options.insecure_discovery;
    plain_left_out = plain_left_out || (left_out && !lookup.services.empty());
    if (left_out) continue;
    for (const auto& service : lookup.services)
      endpoints.push_back(fmt::format("{}://{}", lookup.scheme, service.address));
  }
  if (!endpoints.empty()) return endpoints;
  if (plain_left_out) {
    return fail(Errc::unreachable,
                fmt::format("DNS has endpoints of '{}' without TLS alone: allow them by --insecure-discovery",
                            printable(options.discovery_srv)));
  }
  return fail(Errc::unreachable,
              fmt::format("DNS has no etcd endpoint of '{}': {}; {}; see --discovery-srv",
                          printable(options.discovery_srv), outcome_of(lookups[0]), outcome_of(lookups[1])));
}

}  // namespace elect
