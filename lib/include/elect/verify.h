// Whether the state of an election is sound.
#pragma once

#include <string>
#include <vector>

#include "elect/election.h"

namespace elect {

struct Check {
  std::string what;    // One word: order, service, keys, attached, leases, endpoints, runs.
  bool ok = false;     // False too where it could not be made.
  std::string detail;  // One line: what was found, or what is wrong and where. Holds no control characters.
};

struct Verification {
  Snapshot snapshot;  // What was checked.
  std::vector<Check> checks;
};

// Makes all checks, on the listing at one revision:
//   order      it is strictly ordered by create revision
//   service    its first is what the server's own election service calls the leader
//   keys       each key is NAME/<hex of its lease>
//   attached   each key has a lease; one without leads for ever
//   leases     each lease lives and lists its key
//   endpoints  every endpoint, and every other member of the cluster that can be reached under a client URL of its own,
//              shows the same listing at the same revision; those that cannot be reached are named, and are no fault
//   runs       of the ledger's runs (see ledger.h) none is abandoned, and none was claimed anew while the one before it
//              ran or after that was done, as far back as the store reaches. Records of 0.1.0 tell no end: they are no
//              fault. Who may not read the ledger is told so; that is no fault of the election.
// An Error only where the listing itself could not be had, or after a stop request. Takes as long as an endpoint that
// does not answer: the client's command_timeout at most for each check, all of them no longer than the deadline.
[[nodiscard]] Result<Verification> verify(const Election& election, const Until& until = {});

// The checks that a listing alone allows: order, keys and attached. Pure.
[[nodiscard]] std::vector<Check> check_listing(const std::string& name, const std::vector<Candidate>& listing);

}  // namespace elect
