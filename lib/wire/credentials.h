// What TLS options mean to grpc.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// Errc::usage for options that do not go together, Errc::system for files that cannot be read, or hold no certificate,
// no key, or no pair.
[[nodiscard]] Result<std::shared_ptr<grpc::ChannelCredentials>> tls_credentials(const TlsOptions& options);

}  // namespace elect
