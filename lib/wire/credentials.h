// Makes grpc credentials from TLS options.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// Errc::usage: the options contradict each other. Errc::system: a file cannot be read, or holds no certificate or no
// key, or the two do not belong together.
[[nodiscard]] Result<std::shared_ptr<grpc::ChannelCredentials>> tls_credentials(const TlsOptions& options);

}  // namespace elect
