// Which permissions a request needs. etcd only says "permission denied"; with this the error names the missing one.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "rpc.pb.h"
#include "wire/key_range.h"

namespace elect {

struct Needs {
  std::vector<KeyRange> read;
  std::vector<KeyRange> write;
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
[[nodiscard]] std::string missing_permission(std::string_view user, bool write, const KeyRange& where,
                                             const Needs& needs);

}  // namespace elect
