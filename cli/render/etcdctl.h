// A range answer as etcdctl prints it with -w fields, json and protobuf, byte for byte.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "elect/candidates.h"

namespace cli::render {

struct RangeAnswer {
  elect::Header header;
  std::span<const elect::Candidate> candidates;
  bool more = false;
  std::int64_t count = 0;
};

[[nodiscard]] std::string etcdctl_fields(const RangeAnswer& answer);
[[nodiscard]] std::string etcdctl_json(const RangeAnswer& answer);
[[nodiscard]] std::string etcdctl_protobuf(const RangeAnswer& answer);

}  // namespace cli::render
