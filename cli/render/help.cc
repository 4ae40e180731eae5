#include "render/help.h"

#include <algorithm>

#include <fmt/format.h>

namespace cli::render {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kWidestTerm = 26;

// Wraps the words of `text` behind an indentation. The first line already has `column` columns.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t column) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    if (column > indent && column + word.size() + 1 > kWidth) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines + "\n";
}

std::string section(std::string_view title, const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  std::size_t widest = 0;
  for (const auto& entry : entries) {
    if (entry.term.size() <= kWidestTerm) widest = std::max(widest, entry.term.size());
  }
  const std::size_t indent = widest + 4;
  std::string text = fmt::format("\n{}:\n", title);
  for (const auto& [term, meaning] : entries) {
    text += "  " + term;
    if (term.size() > widest) {
      text += "\n" + std::string(indent, ' ');
    } else {
      text.append(indent - term.size() - 2, ' ');
    }
    text += wrapped(meaning, indent, indent);
  }
  return text;
}

// Escapes text for roff: a backslash, a minus, and what roff could read as a request.
std::string roff(std::string_view text) {
  std::string safe;
  if (text.starts_with('.') || text.starts_with('\'')) safe += "\\&";
  for (const char byte : text) {
    if (byte == '\\') {
      safe += "\\e";
    } else if (byte == '-') {
      safe += "\\-";
    } else if (byte == '\'') {
      safe += "\\(aq";
    } else {
      safe += byte;
    }
  }
  return safe;
}

std::string man_section(std::string_view title, const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  std::string text = fmt::format(".SH {}\n", title);
  for (const auto& [term, meaning] : entries) {
    const auto begin = term.find_first_not_of(' ');
    text += fmt::format(".TP\n.B {}\n{}\n", roff(std::string_view(term).substr(begin)), roff(meaning));
  }
  return text;
}

std::string page_name(std::string name) {
  std::ranges::replace(name, ' ', '-');
  return name;
}

}  // namespace

std::string help(const Page& page) {
  std::string text = fmt::format("{} - {}\n\nUsage: {}\n", page.name, page.summary, page.usage);
  for (const auto& paragraph : page.paragraphs) text += "\n" + wrapped(paragraph, 0, 0);
  text += section("Arguments", page.arguments);
  text += section("Subcommands", page.commands);
  text += section("Options", page.options);
  text += section("Global options", page.global_options);
  if (!page.examples.empty()) text += "\nExamples:\n";
  for (const auto& [command, what] : page.examples) text += fmt::format("  {}\n      {}", command, wrapped(what, 6, 6));
  text += section("Exit codes", page.exits);
  if (page.global_options.empty()) text += "\nEndpoints, TLS, accounts and output: see electctl --help.\n";
  return text;
}

std::string man(const Page& page, const std::string& version, const std::vector<std::string>& also) {
  std::string title = page_name(page.name);
  std::string text = fmt::format(".TH {} 1 \"\" \"electctl {}\" \"User Commands\"\n", roff(title), version);
  text += fmt::format(".SH NAME\n{} \\- {}\n", roff(title), roff(page.summary));
  text += fmt::format(".SH SYNOPSIS\n.B {}\n", roff(page.usage));
  if (!page.paragraphs.empty()) text += ".SH DESCRIPTION\n";
  for (const auto& paragraph : page.paragraphs) {
    text += fmt::format("{}{}\n", &paragraph == &page.paragraphs.front() ? "" : ".PP\n", roff(paragraph));
  }
  text += man_section("ARGUMENTS", page.arguments);
  text += man_section("SUBCOMMANDS", page.commands);
  text += man_section("OPTIONS", page.options);
  text += man_section("GLOBAL OPTIONS", page.global_options);
  if (!page.examples.empty()) text += ".SH EXAMPLES\n";
  for (const auto& [command, what] : page.examples) {
    text += fmt::format(".TP\n{}\n{}\n", roff(command), roff(what));
  }
  text += man_section("EXIT STATUS", page.exits);
  text += ".SH SEE ALSO\n";
  for (const auto& name : also) {
    if (name != page.name) text += fmt::format(".BR {} (1),\n", roff(page_name(name)));
  }
  return text + ".BR etcdctl (1)\n";
}

}  // namespace cli::render
