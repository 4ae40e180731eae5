// The keys that a call or a watch is about, as etcd has them: [begin, end).
#pragma once

#include <string>

namespace elect {

struct KeyRange {
  std::string begin;
  std::string end;  // The first key behind the range, see range_end_of(). Empty: the key `begin` alone.
};

}  // namespace elect
