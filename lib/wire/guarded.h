// Txns that touch a candidate's key only while it still is the candidate of that create revision: the guard of all that
// changes or ends a candidacy.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/store.h"
#include "wire/connection.h"

namespace elect {

// That the key has that create revision; 0: that it is not there.
[[nodiscard]] etcdserverpb::Compare stands_at(const std::string& key, Revision create_revision);

struct Guarded {
  bool held = false;      // It was the candidate, so it was done.
  bool repeated = false;  // A try before it has lost its answer: a guard that no longer holds may be that one's doing.
  Header header;
};

// Puts a new value, with the lease that the key is attached to.
[[nodiscard]] Result<Guarded> put_guarded(Connection& connection, const Candidate& candidate, const std::string& value,
                                          const Until& until);

// Changes nothing: says whether it is still the candidate.
[[nodiscard]] Result<Guarded> look_guarded(Connection& connection, const Candidate& candidate, const Until& until);

[[nodiscard]] Result<Guarded> delete_guarded(Connection& connection, const Candidate& candidate, const Until& until);

}  // namespace elect
