// What etcd's store holds and says, as plain types.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "elect/names.h"

namespace elect {

// What the server says of itself with every answer.
struct Header {
  std::uint64_t cluster_id = 0;
  std::uint64_t member_id = 0;
  Revision revision = 0;
  std::uint64_t raft_term = 0;
};

// One key under an election's prefix, as the store has it.
struct Candidate {
  std::string key;
  std::string value;
  LeaseId lease = 0;             // 0: attached to no lease; it leads until somebody deletes it.
  Revision create_revision = 0;  // Its place in the queue; the leader's is the fencing token.
  Revision mod_revision = 0;
  std::int64_t version = 0;

  bool operator==(const Candidate&) const = default;
};

// A change of one key, in the store's order.
struct Event {
  enum class Type { put, removed };
  Type type;
  Candidate candidate;  // For `removed`: the key, and in mod_revision the revision that removed it; no more.
};

// The candidates at one revision of the store.
struct Snapshot {
  Header header;
  std::vector<Candidate> candidates;  // Sorted by create revision, as the server sorted them.
  std::int64_t count = 0;             // How many there are in all, also where fewer were asked for.
};

struct Query {
  Revision revision = 0;      // As of this revision; 0: now.
  std::int64_t limit = 0;     // At most so many, first in the queue first; 0: all.
  bool serializable = false;  // Answered by one member from what it has, which may be old.
  bool keys_only = false;     // Without the values.
};

struct LeaseStatus {
  LeaseId id = 0;
  std::chrono::seconds ttl{-1};  // Time left; negative: there is no such lease.
  std::chrono::seconds granted{0};
  std::vector<std::string> keys;
};

}  // namespace elect
