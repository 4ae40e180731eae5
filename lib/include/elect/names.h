// Names and keys of an election, in the layout of Go's clientv3/concurrency, etcdctl elect and the server's election
// service: the candidates of election NAME are the keys under the prefix "NAME/", each "NAME/" and its lease's ID in
// lower-case hex without padding.
//
// All of it is bytes: no name is normalised, none is refused but the empty one. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "elect/error.h"

namespace elect {

using LeaseId = std::int64_t;   // 0: no lease.
using Revision = std::int64_t;  // A revision of the store; 0: none, or the present one, as the place says.

// "NAME/". Go's election adds the slash always, also after a name that ends in one.
[[nodiscard]] std::string prefix_of(std::string_view name);

// The first key behind every key that begins with `prefix`. A prefix of 0xff bytes alone has none: "\0", which etcd
// reads as "to the end of the store".
[[nodiscard]] std::string range_end_of(std::string_view prefix);

[[nodiscard]] std::string key_of(std::string_view name, LeaseId lease);

// The election that a key stands in directly: what is before its last slash. Empty: in none.
[[nodiscard]] std::string_view election_of(std::string_view key);

// Where it is recorded that something was done once in election `name`, under an ID. It holds no slash, so that it lies
// under no election's prefix; name and ID are percent-encoded for that.
[[nodiscard]] std::string once_key_of(std::string_view name, std::string_view id);

// What the keys of all such records of one election begin with, out of one of them; empty for any other key.
[[nodiscard]] std::string once_prefix_of(std::string_view key);

// A lease as Go's election writes it into a key: lower-case hex, no padding, a sign before a negative ID.
[[nodiscard]] std::string hex_of(LeaseId lease);

// The reverse, as etcdctl takes it: hex digits of either case, not 0. Errc::usage otherwise.
[[nodiscard]] Result<LeaseId> parse_lease(std::string_view hex);

}  // namespace elect
