#include "wire/discovery.h"

#include <array>

#include <fmt/format.h>

#include "elect/clock.h"
#include "elect/text.h"
#include "wire/resolver.h"

namespace elect {
namespace {

std::string name_of(std::string_view service, const ClientOptions& options) {
  const std::string suffix = options.discovery_srv_name.empty() ? "" : "-" + options.discovery_srv_name;
  return fmt::format("_{}{}._tcp.{}", service, suffix, options.discovery_srv);
}

std::string outcome_of(const ServiceAnswer& answer) {
  return fmt::format("{}: {}", printable(answer.name), answer.failure);
}

}  // namespace

Result<std::vector<std::string>> discover(const ClientOptions& options, const Until& until) {
  const auto resolver = Resolver::open();
  if (!resolver) return std::unexpected(resolver.error());
  constexpr std::array<std::string_view, 2> kSchemes = {"https", "http"};
  const std::array names = {name_of("etcd-client-ssl", options), name_of("etcd-client", options)};
  const BootTime own = saturating_add(BootClock::now(), options.dial_timeout);
  const auto answers = (*resolver)->services(names, std::min(own, until.deadline.value_or(own)), until.stop);
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  std::vector<std::string> endpoints;
  bool plain_left_out = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool left_out = kSchemes[i] == "http" && !options.insecure_discovery;
    plain_left_out = plain_left_out || (left_out && !answers[i].services.empty());
    if (left_out) continue;
    for (const auto& service : answers[i].services) {
      endpoints.push_back(fmt::format("{}://{}:{}", kSchemes[i], service.host, service.port));
    }
  }
  if (!endpoints.empty()) return endpoints;
  if (plain_left_out) {
    return fail(Errc::unreachable,
                fmt::format("DNS names only endpoints without TLS for '{}', and these are not allowed",
                            printable(options.discovery_srv)),
                {}, Remedy::insecure_discovery);
  }
  return fail(Errc::unreachable,
              fmt::format("DNS names no etcd endpoint for '{}' ({}; {})", printable(options.discovery_srv),
                          outcome_of(answers[0]), outcome_of(answers[1])),
              {}, Remedy::discovery_srv);
}

}  // namespace elect
