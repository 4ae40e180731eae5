// The listing of an election as people read it.
#pragma once

#include <string>
#include <vector>

#include "render/json.h"

namespace cli::render {

struct TableStyle {
  bool hex = false;
  bool colour = false;
  int width = 0;  // Lines are cut to so many columns; 0: never.
};

[[nodiscard]] std::string table(const std::vector<Listed>& listing, const TableStyle& style);

}  // namespace cli::render
