// Finds out why TLS fails, because grpc's status seldom says it. The files are checked before they are used. After
// grpc's handshake has failed, one handshake of our own shows what the server or we did not accept. Thread-safe.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// Both take file contents. Errc::system: it is no certificate, or no key (or one with a passphrase), or the two do not
// belong together.
[[nodiscard]] Result<void> check_client_certificate(const TlsOptions& options, const std::string& certificate,
                                                    const std::string& key);
[[nodiscard]] Result<void> check_authorities(const std::string& file, const std::string& content);

// Why an endpoint cannot be connected to.
struct Diagnosis {
  std::string why;  // For people. Empty: not known, or TLS is not the reason.
  Remedy remedy = Remedy::none;
};

// `target`: for grpc. `secure`: whether we use TLS with it.
[[nodiscard]] Diagnosis why_tls_fails(const std::string& target, bool secure, const TlsOptions& options,
                                      BootTime deadline);

}  // namespace elect
