// What there is to read about a subcommand: one source for --help and for the man pages. Arguments and options come
// from the parser's own grammar; the rest is written beside each subcommand.
#pragma once

#include <string_view>
#include <vector>

#include "render/help.h"

namespace cli {

struct Manual {
  std::string_view description;  // Paragraphs, each one line, with an empty line between two.
  std::vector<Example> examples;
  std::vector<Entry> exits;  // Its own exit codes; those that all subcommands have are added to them.
};

struct Grammar;

// The page of a subcommand, by its name; of the program itself where the name is empty.
[[nodiscard]] Page page_of(const Grammar& grammar, std::string_view subcommand);

}  // namespace cli
