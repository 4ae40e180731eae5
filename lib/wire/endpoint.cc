#include "wire/endpoint.h"

#include <sys/un.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "elect/text.h"

namespace elect {
namespace {

// `prefix`: in small letters. The text may have others: schemes are read so.
bool take_prefix(std::string_view& text, std::string_view prefix) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (!std::ranges::equal(text.substr(0, prefix.size()), prefix, same)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto refuse = [whole = text](std::string_view why) {
    return fail(Errc::usage, fmt::format("endpoint '{}' {}", printable(whole), why));
  };
  Endpoint endpoint;
  if (take_prefix(text, "unix://") || take_prefix(text, "unix:")) {
    if (text.empty()) return refuse("names no socket: write unix:///path");
    if (text.size() >= sizeof(sockaddr_un::sun_path)) {
      return refuse(
          fmt::format("has too long a path: a socket's has at most {} bytes", sizeof(sockaddr_un::sun_path) - 1));
    }
    endpoint.target = "unix:" + std::string(text);
    return endpoint;
  }
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    return fail(Errc::usage,  // Without the account, since that may hold a password.
                fmt::format("endpoint '{}' is written with an account in front of it", printable(text.substr(at + 1))),
                {}, Remedy::user);
  }
  if (text.find_first_of("; \t") != std::string_view::npos) return refuse("is not clear: separate endpoints by commas");
  endpoint.tls = take_prefix(text, "https://");
  endpoint.plain = !endpoint.tls && take_prefix(text, "http://");
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!endpoint.tls && !endpoint.plain) return refuse("has an unknown scheme, or a path: write host:port");
    text = text.substr(0, slash);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("has no port: write host:2379");
  const std::string_view host = text.substr(0, colon);
  if (host.empty()) return refuse("has no host: write host:port");
  if (!is_port(text.substr(colon + 1)))
    return refuse("has no valid port: write a number from 1 to 65535 behind the last colon");
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (!bracketed && host.find(':') != std::string_view::npos) return refuse("is not clear: write IPv6 as [::1]:port");
  endpoint.target = "dns:///" + std::string(text);
  return endpoint;
}

}  // namespace elect
