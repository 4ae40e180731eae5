// The CAs by which a server's certificate is judged. Any thread.
#pragma once

#include <string>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// A whole file, or Errc::system with `what` for its kind.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::string_view what);

// The certificates of --cacert; without it the system's, wherever Debian, RHEL, Alpine or SUSE keep them. In PEM.
// Errc::system where there are none.
[[nodiscard]] Result<std::string> read_authorities(const TlsOptions& options);

}  // namespace elect
