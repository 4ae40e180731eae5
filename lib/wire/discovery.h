// Endpoints from DNS: the SRV records _etcd-client-ssl._tcp.DOMAIN and _etcd-client._tcp.DOMAIN, as etcd's own clients
// ask for them (--discovery-srv).
#pragma once

#include <string>
#include <vector>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// As URLs, https:// ones first, each kind by priority. Those with http:// are left out unless
// options.insecure_discovery. One question of each kind, both at once, within --dial-timeout. Errc::unreachable where
// the name servers have no such endpoint or give no answer: it says which name was asked for, and what they said.
[[nodiscard]] Result<std::vector<std::string>> discover(const ClientOptions& options);

}  // namespace elect
