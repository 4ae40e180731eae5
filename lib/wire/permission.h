// Which permissions a request needs. etcd only says "permission denied"; with this the error names the missing one.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "rpc.pb.h"

namespace elect {

struct KeySpan {
  std::string key;
  std::string range_end;  // Empty: the key alone.
};

struct Needs {
  std::vector<KeySpan> read;
  std::vector<KeySpan> write;
};

[[nodiscard]] Needs needs_of(const etcdserverpb::RangeRequest& request);
[[nodiscard]] Needs needs_of(const etcdserverpb::TxnRequest& request);

// Other requests are about leases. Their keys are not known here.
template <typename Request>
[[nodiscard]] Needs needs_of(const Request&) {
  return {};
}

// One line: the missing permission, and the command that grants it. `user`: a description of who lacks it. `write`:
// write or read permission. `needs`: all that the request needs; the command grants its whole ranges.
[[nodiscard]] std::string missing_permission(std::string_view user, bool write, const KeySpan& where,
                                             const Needs& needs);

}  // namespace elect
