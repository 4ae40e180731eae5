// Names and keys of an election, in the layout of Go's clientv3/concurrency, etcdctl elect and the server's election
// service. The candidates of election NAME are the keys under the prefix "NAME/". Each key is "NAME/" and the ID of its
// lease, in lower-case hex without padding.
//
// Names are bytes, and are used unchanged. Only the empty name is refused. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "elect/error.h"

namespace elect {

using LeaseId = std::int64_t;   // 0: no lease.
using Revision = std::int64_t;  // A revision of the store. 0: none, or the current one; each use says which.

// "NAME/". Like Go's election it adds a slash even if the name ends in one.
[[nodiscard]] std::string prefix_of(std::string_view name);

// The first key after all keys that begin with `prefix`. If the prefix consists only of 0xff bytes, there is no such
// key. Then returns "\0", which etcd reads as "to the end of the store".
[[nodiscard]] std::string range_end_of(std::string_view prefix);

[[nodiscard]] std::string key_of(std::string_view name, LeaseId lease);

// The election that a key belongs to directly: the part before its last slash. Empty: none.
[[nodiscard]] std::string_view election_of(std::string_view key);

// The key of the ledger's record for a run `id` in election `name`. Name and ID are percent-encoded, so that the key
// has no slash: then it is not below any election's prefix.
[[nodiscard]] std::string once_key_of(std::string_view name, std::string_view id);

// The ID of the run, from the key of its record. nullopt: the key is not of a record of that election.
[[nodiscard]] std::optional<std::string> once_id_of(std::string_view name, std::string_view key);

// The prefix of all records of an election, from the key of one of them. Empty: the key is not of a record.
[[nodiscard]] std::string once_prefix_of(std::string_view key);

// A lease ID as Go's election writes it into a key: lower-case hex, no padding, a sign if it is negative.
[[nodiscard]] std::string hex_of(LeaseId lease);

// The reverse, like etcdctl: hex digits in upper or lower case, not 0. Errc::usage otherwise.
[[nodiscard]] Result<LeaseId> parse_lease(std::string_view hex);

}  // namespace elect
