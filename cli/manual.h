// What there is to read about a subcommand: one source for --help and for the man pages. Arguments and options come
// from the parser's own grammar; the rest is written beside each subcommand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct Example {
  std::string_view command;
  std::string_view what;
};

// A term and what it means: an option, an argument, an exit code.
struct Entry {
  std::string term;
  std::string text;
};

struct Manual {
  std::string_view description;  // Paragraphs, each one line, with an empty line between two.
  std::vector<Example> examples;
  std::vector<Entry> exits;  // Its own exit codes; those that all subcommands have are added to them.
};

// A whole page.
struct Page {
  std::string name;     // "electctl leader"
  std::string summary;  // One line.
  std::string usage;
  std::vector<std::string> paragraphs;
  std::vector<Entry> arguments;
  std::vector<Entry> options;
  std::vector<Entry> commands;        // Of the program's own page.
  std::vector<Entry> global_options;  // Of the program's own page.
  std::vector<Example> examples;
  std::vector<Entry> exits;
};

struct Grammar;

// The page of a subcommand, by its name; of the program itself where the name is empty.
[[nodiscard]] Page page_of(const Grammar& grammar, std::string_view subcommand);

}  // namespace cli
