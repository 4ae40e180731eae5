// etcdctl's -w simple: key and value on a line each.
#pragma once

#include <span>
#include <string>

#include "elect/candidates.h"

namespace cli::render {

struct SimpleStyle {
  bool hex = false;        // \xNN for every byte, as etcdctl --hex.
  bool escape = false;     // For a terminal: control characters are shown, not obeyed.
  bool keys_only = false;  // As etcdctl: an empty line in place of the value.
  bool values_only = false;
};

[[nodiscard]] std::string simple(const elect::Candidate& candidate, const SimpleStyle& style);
[[nodiscard]] std::string simple(std::span<const elect::Candidate> candidates, const SimpleStyle& style);

// One name or value as a line's part.
[[nodiscard]] std::string shown(std::string_view bytes, const SimpleStyle& style);

}  // namespace cli::render
