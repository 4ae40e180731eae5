// The program's whole grammar: the options of all, and the subcommands with theirs. The parser, the help and the
// completions are all made from it.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "command.h"

namespace cli {

struct Grammar {
  Grammar();

  CLI::App app;
  Context context;
  std::vector<std::pair<CLI::App*, Run>> runs;  // In the order of commands().

  // Parses the arguments behind the program's name; CMD goes to context.argv. Throws what CLI11 throws.
  Run parse(std::span<char* const> arguments);

 private:
  // Where "--" splits the arguments into electctl's and CMD's: its index, or the number of arguments.
  [[nodiscard]] std::size_t end_of_own(std::span<char* const> arguments) const;
};

}  // namespace cli
