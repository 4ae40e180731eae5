#include "elect/election.h"

#include "wire/guarded.h"
#include "wire/range.h"

namespace elect {

Result<Election> Election::open(Client& client, std::string name) {
  if (name.empty()) return fail(Errc::usage, "an election's name must not be empty");
  return Election(client, std::move(name));
}

Result<Snapshot> Election::candidates(const Query& query, const Until& until) const {
  Connection& connection = Connection::of(*client_);
  return read_range(connection, keys_below(prefix_of(name_)), query, connection.for_one_call(until));
}

Result<bool> Election::resign(const Candidate& candidate, bool revoke, const Until& until) const {
  Connection& connection = Connection::of(*client_);
  if (!revoke || candidate.lease == 0) {
    const auto deleted = delete_guarded(connection, candidate, until);
    if (!deleted) return std::unexpected(deleted.error());
    return deleted->succeeded || deleted->maybe_applied;
  }
  // The revoke deletes the key, too. The Txn before it only reads. A read can be repeated when its answer is lost. A
  // repeated deletion could not tell whether the present candidacy is a newer one.
  const auto stands = read_guarded(connection, candidate, until);
  if (!stands) return std::unexpected(stands.error());
  if (!stands->succeeded) return false;
  return client_->revoke(candidate.lease, until);
}

Result<bool> Election::proclaim(const Candidate& candidate, const std::string& value, const Until& until) const {
  const auto put = put_guarded(Connection::of(*client_), candidate, value, until);
  if (!put) return std::unexpected(put.error());
  return put->succeeded;
}

}  // namespace elect
