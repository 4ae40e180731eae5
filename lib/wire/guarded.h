// Txns that change a candidate's key only if it still has the same create revision. So a later candidate with the same
// key is never changed or deleted by mistake. Everything that changes or deletes the key of a candidate uses them.
#pragma once

#include <string>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/store.h"
#include "wire/connection.h"

namespace elect {

// Compares: the key has this create revision. 0: the key does not exist.
[[nodiscard]] etcdserverpb::Compare compare_create_revision(const std::string& key, Revision create_revision);

struct Guarded {
  bool succeeded = false;  // The compare succeeded, and the change was made.
  // An earlier try got no answer. If `succeeded` is false, that try may have made the change.
  bool maybe_applied = false;
  Header header;
};

// Puts a new value. The key keeps its lease.
[[nodiscard]] Result<Guarded> put_guarded(Connection& connection, const Candidate& candidate, const std::string& value,
                                          const Until& until);

// Changes nothing. `succeeded`: it is still the same candidate.
[[nodiscard]] Result<Guarded> read_guarded(Connection& connection, const Candidate& candidate, const Until& until);

[[nodiscard]] Result<Guarded> delete_guarded(Connection& connection, const Candidate& candidate, const Until& until);

}  // namespace elect
