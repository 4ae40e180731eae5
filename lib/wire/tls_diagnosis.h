// Why TLS fails: grpc's status seldom says. A certificate or key that cannot be used is found before it is tried; what
// a server has against us, or we against it, by one more handshake of our own, made only after grpc's has failed.
// Any thread.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// The files' contents, as grpc will be given them. Errc::system for what is no certificate, no key (or one with a
// passphrase), or no pair.
[[nodiscard]] Result<void> check_client_certificate(const TlsOptions& options, const std::string& certificate,
                                                    const std::string& key);
[[nodiscard]] Result<void> check_authorities(const std::string& file, const std::string& content);

// Why no connection with this endpoint comes about, and the way out, in words for people; empty where that is not
// known, or not a matter of TLS. `target`: as grpc wants it. `secure`: whether TLS is spoken with it.
[[nodiscard]] std::string why_tls_fails(const std::string& target, bool secure, const TlsOptions& options,
                                        BootTime deadline);

}  // namespace elect
