// etcdctl's -w simple: the key on one line, the value on the next.
#pragma once

#include <span>
#include <string>

#include "elect/candidates.h"

namespace cli::render {

struct SimpleStyle {
  bool hex = false;        // \xNN for every byte, like etcdctl --hex.
  bool escape = false;     // For a terminal: control characters are escaped.
  bool keys_only = false;  // Like etcdctl: an empty line instead of the value.
  bool values_only = false;
};

[[nodiscard]] std::string simple(const elect::Candidate& candidate, const SimpleStyle& style);
[[nodiscard]] std::string simple(std::span<const elect::Candidate> candidates, const SimpleStyle& style);

// One name or value as part of a line.
[[nodiscard]] std::string shown(std::string_view bytes, const SimpleStyle& style);

}  // namespace cli::render
