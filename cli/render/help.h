// A page of the manual, as --help prints it and as man(1) reads it.
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

}  // namespace cli

namespace cli::render {

// Wrapped to 80 columns.
[[nodiscard]] std::string help(const Page& page);

// In the man macros of roff. `also`: the names of the other pages.
[[nodiscard]] std::string man(const Page& page, const std::string& version, const std::vector<std::string>& also);

}  // namespace cli::render
