#include "elect/election.h"

#include "wire/guarded.h"
#include "wire/range.h"

namespace elect {

Result<Election> Election::open(Client& client, std::string name) {
  if (name.empty()) return fail(Errc::usage, "the name of an election is not empty");
  return Election(client, std::move(name));
}

Result<Snapshot> Election::candidates(const Query& query, const Until& until) const {
  Connection& connection = Connection::of(*client_);
  return read_range(connection, keys_below(prefix_of(name_)), query, connection.for_one_call(until));
}

Result<bool> Election::end(const Candidate& candidate, bool revoke, std::stop_token stop) const {
  const auto deleted = delete_guarded(Connection::of(*client_), candidate, {stop, {}});
  if (!deleted) return std::unexpected(deleted.error());
  if (!deleted->held && !deleted->repeated) return false;
  if (!revoke || candidate.lease == 0) return true;
  const auto revoked = client_->revoke(candidate.lease, {stop, {}});
  if (!revoked) return std::unexpected(revoked.error());
  return true;
}

Result<bool> Election::proclaim(const Candidate& candidate, const std::string& value, std::stop_token stop) const {
  const auto put = put_guarded(Connection::of(*client_), candidate, value, {std::move(stop), {}});
  if (!put) return std::unexpected(put.error());
  return put->held;
}

}  // namespace elect
