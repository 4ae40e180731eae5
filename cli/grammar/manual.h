// The manual of a subcommand: one source for --help and for the man pages. Arguments and options come from the parser's
// grammar. The rest is written in the file of each subcommand.
#pragma once

#include <string_view>
#include <vector>

#include "render/help.h"

namespace cli {

struct Manual {
  std::string_view description;  // Paragraphs: one line each, with an empty line between two.
  std::vector<Example> examples;
  std::vector<Entry> exits;  // Its own exit codes. The common ones are added.
};

struct Grammar;

// The page of a subcommand, by its name. An empty name: the page of the program itself.
[[nodiscard]] Page page_of(const Grammar& grammar, std::string_view subcommand);

}  // namespace cli
