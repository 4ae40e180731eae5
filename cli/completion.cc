// The completion scripts of the shells, made from the grammar that parses.
#include <fmt/format.h>

#include "grammar.h"
#include "output.h"

namespace cli {
namespace {

// All names of an option, "--ttl" and "-w" alike, that people complete.
std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// The options declared on `app`, those of its option groups included, the positional ones left out.
std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  std::vector<const CLI::Option*> options =
      app.get_options([](const CLI::Option* option) { return option->nonpositional(); });
  for (const CLI::App* group : app.get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); })) {
    const auto more = options_of(*group);
    options.insert(options.end(), more.begin(), more.end());
  }
  return options;
}

std::string words_of(const CLI::App& app) {
  std::string words;
  for (const CLI::Option* option : options_of(app)) {
    for (const auto& name : names_of(*option)) words += (words.empty() ? "" : " ") + name;
  }
  return words;
}

std::string command_names() {
  std::string names;
  for (const Command& command : commands()) names += fmt::format("{}{}", names.empty() ? "" : " ", command.name);
  return names;
}

std::string bash(const Grammar& grammar) {
  std::string text =
      "# bash completion of electctl, made by `electctl completion bash`\n"
      "_electctl() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} command='' word words\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in\n"
      "      --) COMPREPLY=(); return ;;\n";
  for (const Command& command : commands())
    text += fmt::format("      {0}) command=${{command:-{0}}} ;;\n", command.name);
  text +=
      "    esac\n"
      "  done\n"
      "  case $command in\n";
  for (const auto& [subcommand, run] : grammar.runs) {
    const std::string extra = subcommand->get_name() == "completion" ? "bash zsh fish " : "";
    text += fmt::format("    {}) words='{}{}' ;;\n", subcommand->get_name(), extra, words_of(*subcommand));
  }
  text += fmt::format("    *) words='{}' ;;\n", command_names());
  text += fmt::format(
      "  esac\n"
      "  [[ $current == -* ]] && words+=' {}'\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "}}\n"
      "complete -o default -F _electctl electctl\n",
      words_of(grammar.app));
  return text;
}

// Within single quotes of zsh's _arguments and of fish.
std::string quoted(std::string_view text, std::string_view special) {
  std::string safe;
  for (const char byte : text) {
    if (byte == '\'') {
      safe += "'\\''";
    } else {
      if (special.find(byte) != std::string_view::npos) safe += '\\';
      safe += byte;
    }
  }
  return safe;
}

std::string zsh_options(const CLI::App& app) {
  std::string lines;
  for (const CLI::Option* option : options_of(app)) {
    for (const auto& name : names_of(*option)) {
      const bool takes_value = option->get_items_expected_min() > 0;
      lines += fmt::format("    '{}[{}]{}' \\\n", name, quoted(option->get_description(), "[]:"),
                           takes_value ? ":" + option->get_type_name() + ":" : "");
    }
  }
  return lines;
}

std::string zsh(const Grammar& grammar) {
  std::string text =
      "#compdef electctl\n"
      "# zsh completion of electctl, made by `electctl completion zsh`\n"
      "_electctl() {\n"
      "  local -a global commands\n"
      "  global=( \\\n" +
      zsh_options(grammar.app) + "  )\n  commands=( \\\n";
  for (const Command& command : commands())
    text += fmt::format("    '{}:{}' \\\n", command.name, quoted(command.summary, ":"));
  text +=
      "  )\n"
      "  local i command=''\n"
      "  for (( i = 2; i < CURRENT; i++ )); do\n"
      "    if [[ -n ${(M)commands:#${words[i]}:*} ]]; then command=${words[i]}; break; fi\n"
      "  done\n"
      "  case $command in\n";
  for (const auto& [subcommand, run] : grammar.runs) {
    const char* rest = subcommand->get_name() == "completion" ? "'*:shell:(bash zsh fish)'" : "'*:argument:_files'";
    text += fmt::format("    {}) _arguments $global \\\n{}      {} ;;\n", subcommand->get_name(),
                        zsh_options(*subcommand), rest);
  }
  return text +
         "    *) _arguments $global && return; _describe command commands ;;\n"
         "  esac\n"
         "}\n"
         "_electctl \"$@\"\n";
}

std::string fish_options(const CLI::App& app, const std::string& condition) {
  std::string lines;
  for (const CLI::Option* option : options_of(app)) {
    std::string names;
    for (const auto& name : option->get_snames()) names += " -s " + name;
    for (const auto& name : option->get_lnames()) names += " -l " + name;
    lines += fmt::format("complete -c electctl{}{}{} -d '{}'\n", condition, names,
                         option->get_items_expected_min() > 0 ? " -r" : "", quoted(option->get_description(), "\\"));
  }
  return lines;
}

std::string fish(const Grammar& grammar) {
  std::string text =
      "# fish completion of electctl, made by `electctl completion fish`\n" + fish_options(grammar.app, "");
  for (const Command& command : commands()) {
    text += fmt::format("complete -c electctl -f -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                        quoted(command.summary, "\\"));
  }
  for (const auto& [subcommand, run] : grammar.runs) {
    text += fish_options(*subcommand, fmt::format(" -n '__fish_seen_subcommand_from {}'", subcommand->get_name()));
  }
  return text + "complete -c electctl -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n";
}

}  // namespace

Run declare_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell](Context&) -> Outcome {
    const Grammar grammar;
    const std::string text = *shell == "bash" ? bash(grammar) : *shell == "zsh" ? zsh(grammar) : fish(grammar);
    if (auto written = write_result(text); !written) return std::unexpected(written.error());
    return kDone;
  };
}

}  // namespace cli
