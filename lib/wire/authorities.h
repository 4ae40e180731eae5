// The CA certificates that a server's certificate is checked against. Thread-safe.
#pragma once

#include <string>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// The content of a file. Errc::system names it as a `what`, e.g. "CA".
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::string_view what);

// The certificates of ca_file, or the system's ones from where Debian, RHEL, Alpine or SUSE keep them. In PEM.
// Errc::system: there are none.
[[nodiscard]] Result<std::string> read_authorities(const TlsOptions& options);

}  // namespace elect
