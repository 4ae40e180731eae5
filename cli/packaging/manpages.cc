// Writes the man pages, made from the grammar, into a folder: electctl.1 and one a subcommand. A tool of the build.
#include <fstream>
#include <iostream>

#include "commands/table.h"
#include "elect/version.h"
#include "grammar/grammar.h"
#include "render/help.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: manpages FOLDER\n";
    return 1;
  }
  const cli::Grammar grammar(cli::commands());
  std::vector<cli::Page> pages{cli::page_of(grammar, "")};
  for (const auto& command : grammar.commands) {
    if (!command.hidden) pages.push_back(cli::page_of(grammar, command.name));
  }
  std::vector<std::string> names;
  names.reserve(pages.size());
  for (const auto& page : pages) names.push_back(page.name);
  for (const auto& page : pages) {
    std::string file = page.name;
    for (char& letter : file) letter = letter == ' ' ? '-' : letter;
    std::ofstream out(std::string(argv[1]) + "/" + file + ".1", std::ios::binary);
    out << cli::render::man(page, std::string(elect::kVersion), names);
    if (!out.flush()) {
      std::cerr << "cannot write " << file << ".1 in " << argv[1] << "\n";
      return 1;
    }
  }
}
