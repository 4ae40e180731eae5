// Grants and renews leases.
#pragma once

#include <chrono>

#include "elect/names.h"
#include "elect/validity.h"
#include "wire/connection.h"

namespace elect {

struct Granted {
  LeaseId lease;
  Validity validity;
};

// Grants a lease with an ID that the caller chose (random_lease()), so that a try whose answer was lost can be
// repeated. If it failed, `attempt` says whether etcd may have granted the lease all the same.
[[nodiscard]] Result<Granted> grant_lease(Connection& connection, LeaseId id, std::chrono::seconds ttl,
                                          const Until& until, Attempt& attempt);

// Renews a lease that exists. Errc::lease_not_found: it does not.
[[nodiscard]] Result<Granted> use_existing_lease(Connection& connection, LeaseId lease, const Until& until);

// One renewal. Returns the TTL that etcd answered; 0: there is no such lease. `attempt` says when it was sent.
[[nodiscard]] Result<std::chrono::seconds> renew_lease(Connection& connection, LeaseId lease, const Until& until,
                                                       Attempt& attempt);

}  // namespace elect
