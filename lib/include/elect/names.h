// Names and keys of an election, in the layout of Go's clientv3/concurrency, etcdctl elect and the server's election
// service: the candidates of election NAME are the keys under the prefix "NAME/", each "NAME/" and its lease's ID in
// lower-case hex without padding.
//
// Names are bytes. None is changed; only the empty one is refused. Pure, thread-safe.
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

// The first key behind all keys that begin with `prefix`. If the prefix is only 0xff bytes there is none: then "\0",
// which etcd reads as "to the end of the store".
[[nodiscard]] std::string range_end_of(std::string_view prefix);

[[nodiscard]] std::string key_of(std::string_view name, LeaseId lease);

// The election that a key belongs to directly: what is before its last slash. Empty: none.
[[nodiscard]] std::string_view election_of(std::string_view key);

// Where it is recorded that something was done once in election `name`, under an ID. It holds no slash, so that it lies
// under no election's prefix; name and ID are percent-encoded for that.
[[nodiscard]] std::string once_key_of(std::string_view name, std::string_view id);

// The ID of such a record's key; nothing where it is none of that election's.
[[nodiscard]] std::optional<std::string> once_id_of(std::string_view name, std::string_view key);

// What the keys of all such records of one election begin with, out of one of them; empty for any other key.
[[nodiscard]] std::string once_prefix_of(std::string_view key);

// A lease ID as Go's election writes it into a key: lower-case hex, no padding, a sign if it is negative.
[[nodiscard]] std::string hex_of(LeaseId lease);

// The reverse, like etcdctl: hex digits in upper or lower case, not 0. Errc::usage otherwise.
[[nodiscard]] Result<LeaseId> parse_lease(std::string_view hex);

}  // namespace elect
