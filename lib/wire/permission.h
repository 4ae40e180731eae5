// Which permissions a request needs, so that a refusal can name the one that is missing: etcd itself says only
// "permission denied". Pure.
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

// Of other requests, about leases, the keys are not known here.
template <typename Request>
[[nodiscard]] Needs needs_of(const Request&) {
  return {};
}

// What is missing, and how it is granted, as one line. `user`: who it is that may not, as words. `write`: whether it
// is write permission; `needs`: of the whole request, whose ranges are what a role would be given.
[[nodiscard]] std::string missing_permission(std::string_view user, bool write, const KeySpan& where,
                                             const Needs& needs);

}  // namespace elect
