// Whether the state of an election is sound.
#pragma once

#include <string>
#include <vector>

#include "elect/election.h"

namespace elect {

struct Check {
  std::string what;      // One word: order, service, keys, attached, leases, endpoints, runs.
  bool ok = false;       // Also false if the check could not be made.
  std::string detail;    // One line: what was found, or what is wrong and where. No control characters.
  bool skipped = false;  // Not made, since the user lacks a permission; the detail says which. `ok` is true then.
};

struct Verification {
  Snapshot snapshot;  // What was checked.
  std::vector<Check> checks;
};

// Makes all checks, on the listing at one revision:
//   order      the listing is strictly ordered by create revision
//   service    the first candidate is the leader that the server's own election service names
//   keys       each key is NAME/<hex of its lease>
//   attached   each key has a lease; a key without one leads for ever
//   leases     each lease lives and lists its key
//   endpoints  every endpoint shows the same listing at the same revision. So does every other member of the cluster
//              that can be reached under its own client URL. Members that cannot be reached are named; that is not a
//              fault. If all endpoints have TLS, members without TLS are not asked, but named.
//   runs       no run of the ledger (see ledger.h) is abandoned. No run was claimed again while the run before it was
//              running, or after that was done, as far back as the store reaches. Records of 0.1.0 have no end; that is
//              not a fault. If the user may not read the ledger, the check is skipped; that is not a fault either.
// Returns an Error only if the listing itself could not be read, or after a stop request. An endpoint that does not
// answer delays each check by at most the client's command_timeout, and all of them until the deadline at most.
[[nodiscard]] Result<Verification> verify(const Election& election, const Until& until = {});

// The checks that need only a listing: order, keys and attached. Pure.
[[nodiscard]] std::vector<Check> check_listing(const std::string& name, const std::vector<Candidate>& listing);

}  // namespace elect
