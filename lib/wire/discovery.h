// Finds endpoints in DNS, like etcd's own clients with --discovery-srv: the SRV records
// _etcd-client-ssl._tcp.DOMAIN and _etcd-client._tcp.DOMAIN.
#pragma once

#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// Returns URLs: first https://, then http://, each sorted by priority. http:// only with options.insecure_discovery.
// Sends both questions at once and waits for dial_timeout. Errc::unreachable: no record was found, or no answer came.
// It names the records that were asked for and the answers.
[[nodiscard]] Result<std::vector<std::string>> discover(const ClientOptions& options, const Until& until = {});

}  // namespace elect
