// Grants and renews leases.
//
// When a renewal counts: a raft leader that stood still does not know, when it wakes up, that another member leads
// now. It still answers renewals (etcd 3.4, and 3.5 at least up to 3.5.16), but the other one does not know of them.
// So a renewal counts only if the raft term was the same before it was sent and after it was answered, both times
// by a linearizable read (before the first renewal: by the grant), and if it is the one in the answer. Then the member
// that leads in this term has renewed the lease, and it led until after that. Each later leader gives the lease its
// whole TTL again.
//
// The same holds for the answer that there is no such lease: a raft leader that stood still does not know of leases
// that were granted meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "elect/names.h"
#include "elect/validity.h"
#include "wire/connection.h"

namespace elect {

using RaftTerm = std::uint64_t;

struct Granted {
  LeaseId lease;
  Validity validity;
  RaftTerm raft_term;  // When it was granted, or renewed. A majority has confirmed it, if the account may read.
};

// Grants a lease with an ID that the caller chose (random_lease()), so that a try whose answer was lost can be
// repeated. If it failed, `attempt` says whether etcd may have granted the lease all the same.
[[nodiscard]] Result<Granted> grant_lease(Connection& connection, LeaseId id, std::chrono::seconds ttl,
                                          const std::string& readable_key, const Until& until, Attempt& attempt);

// How long to wait after a renewal that did not count.
constexpr std::chrono::milliseconds kPauseAfterUnconfirmed{100};

// Renews a lease that exists, until a renewal counts. Errc::lease_not_found: it does not exist. `readable_key`: see
// confirm().
[[nodiscard]] Result<Granted> use_existing_lease(Connection& connection, LeaseId lease, const std::string& readable_key,
                                                 const Until& until);

struct Renewal {
  std::chrono::seconds ttl;  // As etcd answered it. 0: there is no such lease.
  // Of the last entry that the member which answered has applied. nullopt: it answered by an error, which has none.
  std::optional<RaftTerm> raft_term;
};

// One renewal. `attempt` says when it was sent.
[[nodiscard]] Result<Renewal> renew_lease(Connection& connection, LeaseId lease, const Until& until, Attempt& attempt);

struct Confirmation {
  bool counts;         // Whether the renewal counts.
  RaftTerm raft_term;  // As it is now: `before` for the next renewal.
};

// Reads raft's term to find out whether a renewal counts. `before`: the term before the renewal was sent, as confirmed
// last. `readable_key`: a key that the account may read; it need not exist. If one of the terms cannot be known, for
// example since etcd does not let the account read, the renewal counts.
[[nodiscard]] Result<Confirmation> confirm(Connection& connection, const Renewal& renewal,
                                           std::optional<RaftTerm> before, const std::string& readable_key,
                                           const Until& until);

}  // namespace elect
