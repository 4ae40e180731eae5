// Parses an endpoint as users write it.
#pragma once

#include <string>
#include <string_view>

#include "elect/error.h"

namespace elect {

struct Endpoint {
  std::string target;  // For a grpc channel.
  bool tls = false;    // Written with https://.
  bool plain = false;  // Written with http://.
};

// host:port, IPv4:port, [IPv6]:port, each with or without http:// or https:// in front, unix:path, unix://path.
// Errc::usage for anything else. The message says what is wrong.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace elect
