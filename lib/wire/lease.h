// Granting a lease and renewing one: the calls that sessions stand on.
#pragma once

#include <chrono>

#include "elect/deadline.h"
#include "wire/connection.h"

namespace elect {

struct Granted {
  LeaseId lease;
  Deadline deadline;
};

// Grants a lease under an ID of our own (random_lease()), so that a try whose answer was lost can be repeated.
[[nodiscard]] Result<Granted> grant_lease(Connection& connection, LeaseId id, std::chrono::seconds ttl,
                                          const Until& until);

// Renews an existing lease. Errc::lease_not_found: there is none.
[[nodiscard]] Result<Granted> take_up_lease(Connection& connection, LeaseId lease, const Until& until);

// One renewal: the TTL that was answered, 0 where there is no such lease. `attempt` says when it was sent.
[[nodiscard]] Result<std::chrono::seconds> renew_lease(Connection& connection, LeaseId lease, const Until& until,
                                                       Attempt& attempt);

}  // namespace elect
