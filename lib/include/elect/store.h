// Plain types for what etcd stores and answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "elect/names.h"

namespace elect {

// Comes with every response of etcd.
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
  LeaseId lease = 0;             // 0: no lease. It stays in the queue until somebody deletes it.
  Revision create_revision = 0;  // The queue is sorted by this. The leader's is the fencing token.
  Revision mod_revision = 0;
  std::int64_t version = 0;

  bool operator==(const Candidate&) const = default;
};

// A change of one key.
struct Event {
  enum class Type { put, removed };
  Type type;
  Candidate candidate;  // For `removed` only the key, and in mod_revision the revision that removed it.
};

// The candidates at one revision of the store.
struct Snapshot {
  Header header;
  std::vector<Candidate> candidates;  // Sorted by create revision, by the server.
  std::int64_t count = 0;             // How many there are, also if `limit` was smaller.
};

struct Query {
  Revision revision = 0;      // Read at this revision. 0: now.
  std::int64_t limit = 0;     // At most this many, from the front of the queue. 0: all.
  bool serializable = false;  // One member answers from its own data, which may be old.
  bool keys_only = false;     // Leave the values out.
  bool by_key = false;        // Sort by key. Then etcd reads no more than `limit`; otherwise it reads all to sort it.
};

struct LeaseStatus {
  LeaseId id = 0;
  std::chrono::seconds ttl{-1};  // Time left. Negative: there is no such lease.
  std::chrono::seconds granted{0};
  std::vector<std::string> keys;
};

}  // namespace elect
