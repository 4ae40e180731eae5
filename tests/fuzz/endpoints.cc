// Endpoints: each is refused with a reason that is safe for a terminal, or gives a target for grpc.
#include <cstdint>

#include "elect/text.h"
#include "promise.h"
#include "wire/endpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto endpoint = elect::parse_endpoint(text);
  if (!endpoint) {
    PROMISE(endpoint.error().code == elect::Errc::usage);
    PROMISE(elect::printable(endpoint.error().message) == endpoint.error().message);
    return 0;
  }
  PROMISE(endpoint->target.starts_with("dns:///") || endpoint->target.starts_with("unix:"));
  PROMISE(!(endpoint->tls && endpoint->plain));
  return 0;
}
