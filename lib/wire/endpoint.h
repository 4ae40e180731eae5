// What an endpoint as users write it means to grpc.
#pragma once

#include <string>
#include <string_view>

#include "elect/error.h"

namespace elect {

struct Endpoint {
  std::string target;  // For a grpc channel.
  bool tls = false;    // It said https://.
  bool plain = false;  // It said http://.
};

// host:port, IPv4:port, [IPv6]:port, each with or without http:// or https:// in front, unix:path, unix://path.
// Errc::usage for anything else, with what is wrong with it.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace elect
