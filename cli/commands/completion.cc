// Generates the shells' completion scripts from the grammar that also parses the command line.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/table.h"
#include "elect/text.h"
#include "grammar/grammar.h"
#include "output.h"

namespace cli {
namespace {

// The options that choose the cluster to ask for names. None of them makes electctl ask the user a question.
constexpr std::array<std::string_view, 4> kForNames = {"--endpoints", "--cacert", "--cert", "--key"};

bool takes_value(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

bool takes_format(const CLI::Option& option) { return option.check_lname("write-out"); }

constexpr std::string_view kDurations = "500ms 1s 5s 10s 30s 1m 5m 1h 24h";

bool takes_duration(const CLI::Option& option) { return option.get_type_name().starts_with("DURATION"); }

// The values to offer for an option; empty: none are known.
std::string values_of(const CLI::Option& option) {
  if (takes_format(option)) return fmt::format("{}", fmt::join(format_names(), " "));
  return std::string(takes_duration(option) ? kDurations : "");
}

// What an option does, without its conditions. A menu has one line for each option.
std::string_view summary_of(const CLI::Option& option) {
  const std::string_view text = option.get_description();
  return text.starts_with("=false: ") ? text : text.substr(0, std::min(text.find("; "), text.find(" (default")));
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : named_options(app)) std::ranges::move(names_of(*option), std::back_inserter(words));
  return words;
}

template <typename Wanted>
std::vector<std::string> words_with_value(const Grammar& grammar, Wanted wanted) {
  std::vector<std::string> words;
  const auto add = [&](const CLI::App& app) {
    for (const CLI::Option* option : named_options(app)) {
      if (!takes_value(*option) || !wanted(*option)) continue;
      for (auto& name : names_of(*option)) {
        if (std::ranges::find(words, name) == words.end() && std::ranges::find(kForNames, name) == kForNames.end()) {
          words.push_back(std::move(name));
        }
      }
    }
  };
  add(grammar.app);
  for (const auto& [command, app, declared] : grammar.subcommands) add(*app);
  return words;
}

bool any(const CLI::Option&) { return true; }

// The subcommands whose first argument is the name of an election.
std::vector<std::string> commands_on_elections(const Grammar& grammar) {
  std::vector<std::string> names;
  for (const auto& [command, app, declared] : grammar.subcommands) {
    if (app->get_option_no_throw("NAME") != nullptr) names.emplace_back(command->name);
  }
  return names;
}

// One line of a shell's case for each list of formats: the subcommands, joined by `bar`, and that list.
std::string format_cases(const Grammar& grammar, std::string_view bar, std::string_view line) {
  std::vector<std::pair<std::string_view, std::string>> lists;
  for (const Command& command : grammar.commands) {
    if (command.hidden) continue;
    const auto known = std::ranges::find(lists, command.formats, [](const auto& one) { return one.first; });
    if (known == lists.end()) {
      lists.emplace_back(command.formats, command.name);
    } else {
      known->second += fmt::format("{}{}", bar, command.name);
    }
  }
  std::string text;
  for (const auto& [formats, names] : lists) text += fmt::format(fmt::runtime(line), names, formats);
  return text;
}

std::string bash(const Grammar& grammar) {
  std::string text = fmt::format(
      R"shell(# bash completion of electctl, made by `electctl completion bash`
_electctl() {{
  local line=${{COMP_LINE:0:COMP_POINT}} current='' command='' arguments=0 words='' formats before i
  local -a typed globals=() found=()
  read -ra typed <<<"$line"
  [[ $line == *[[:blank:]] ]] || {{ current=${{typed[-1]}}; unset 'typed[-1]'; }}
  for ((i = 1; i < ${{#typed[@]}}; i++)); do
    case ${{typed[i]}} in
      --) return ;;
      {0}) globals+=("${{typed[i]}}" "${{typed[i + 1]-}}"); ((++i)) ;;
      {1}) globals+=("${{typed[i]}}") ;;
      {2}) ((++i)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=${{typed[i]}}; else ((++arguments)); fi ;;
    esac
  done
  case $command in
{6}    *) formats='{3}' ;;
  esac
  if ((i > ${{#typed[@]}})); then  # The value of an option.
    case ${{typed[-1]}} in
      -w | --write-out) mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current") ;;
      {4}) mapfile -t COMPREPLY < <(compgen -W '{5}' -- "$current") ;;
    esac
    return
  fi
  if [[ $current == --write-out=* ]]; then
    mapfile -t found < <(compgen -P --write-out= -W "$formats" -- "${{current#*=}}")
  elif [[ $current == -* ]]; then
    case $command in
)shell",
      fmt::join(kForNames, " | "), fmt::format("{}=*", fmt::join(kForNames, "=* | ")),
      fmt::join(words_with_value(grammar, any), " | "), fmt::join(format_names(), " "),
      fmt::join(words_with_value(grammar, takes_duration), " | "), kDurations,
      format_cases(grammar, " | ", "    {}) formats='{}' ;;\n"));
  for (const auto& [command, app, declared] : grammar.subcommands) {
    if (command->hidden) continue;
    text += fmt::format("      {}) words='{}' ;;\n", command->name, fmt::join(words_of(*app), " "));
  }
  return text + fmt::format(
                    R"shell(    esac
    mapfile -t found < <(compgen -W "$words {0}" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t found < <(compgen -W '{1}' -- "$current")
  elif [[ $command == completion ]]; then
    mapfile -t found < <(compgen -W 'bash zsh fish' -- "$current")
  elif [[ $command == help ]]; then
    ((arguments > 0)) || mapfile -t found < <(compgen -W '{1}' -- "$current")
  elif ((arguments == 0)); then
    case $command in
      {2})
        mapfile -t found < <("${{COMP_WORDS[0]}}" "${{globals[@]}}" __elections "$current" 2>/dev/null)
        for i in "${{!found[@]}}"; do printf -v 'found[i]' %q "${{found[i]}}"; done
        ;;
    esac
  fi
  # Readline replaces no more than what is behind the last ':' or '='.
  before=${{current%"${{COMP_WORDS[COMP_CWORD]}}"}}
  COMPREPLY=("${{found[@]#"$before"}}")
}}
complete -o default -o nosort -F _electctl electctl
)shell",
                    fmt::join(words_of(grammar.app), " "), fmt::join(grammar.visible_commands(), " "),
                    fmt::join(commands_on_elections(grammar), " | "));
}

// Escapes text for the inside of single quotes, in zsh's _arguments and in fish.
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
  for (const CLI::Option* option : named_options(app)) {
    std::string value;
    if (takes_value(*option)) {
      const std::string values = values_of(*option);
      const std::string action = takes_format(*option) ? "{ compadd -a formats }"
                                 : values.empty()      ? "_files"
                                                       : fmt::format("({})", values);
      value = ":" + quoted(option->get_type_name(), "[]:") + ":" + action;
    }
    for (const auto& name : names_of(*option)) {
      lines += fmt::format("    '{}[{}]{}' \\\n", name, quoted(summary_of(*option), "[]:"), value);
    }
  }
  return lines;
}

std::string zsh(const Grammar& grammar) {
  std::string text = fmt::format(
      R"shell(#compdef electctl
# zsh completion of electctl, made by `electctl completion zsh`
_electctl_elections() {{
  local -a globals names
  local i
  for (( i = 2; i < CURRENT; i++ )); do
    case ${{words[i]}} in
      ({0}) globals+=(${{words[i]}} "${{(Q)words[i+1]}}") ;;
      ({1}) globals+=("${{(Q)words[i]}}") ;;
    esac
  done
  names=(${{(f)"$("${{(Q)words[1]}}" $globals __elections "${{(Q)PREFIX}}" 2>/dev/null)"}})
  (( $#names )) && compadd -a names
}}
_electctl() {{
  # The subcommand's own options come first.
  local -a global commands formats
  local i command=''
  zstyle -g i ':completion:*:*:electctl:*:options' sort || zstyle ':completion:*:*:electctl:*:options' sort false
  global=( \
)shell",
      fmt::join(kForNames, "|"), fmt::format("{}=*", fmt::join(kForNames, "=*|")));
  text += zsh_options(grammar.app) + "  )\n  commands=( \\\n";
  for (const Command& command : grammar.commands) {
    if (!command.hidden) text += fmt::format("    '{}:{}' \\\n", command.name, quoted(command.summary, ":"));
  }
  text +=
      R"shell(  )
  for (( i = 2; i < CURRENT; i++ )); do
    if [[ -n ${(M)commands:#${words[i]}:*} ]]; then command=${words[i]}; break; fi
  done
  case $command in
)shell";
  text += format_cases(grammar, "|", "    ({}) formats=({}) ;;\n");
  text += fmt::format("    (*) formats=({}) ;;\n  esac\n  case $command in\n", fmt::join(format_names(), " "));
  const auto on_elections = commands_on_elections(grammar);
  for (const auto& [command, app, declared] : grammar.subcommands) {
    if (command->hidden) continue;
    const std::string name(command->name);
    const bool election = std::ranges::find(on_elections, name) != on_elections.end();
    const char* rest = name == "completion" ? "'2:shell:(bash zsh fish)'"
                       : name == "help"     ? "'2:subcommand:{ _describe command commands }'"
                       : election           ? "'2:election:_electctl_elections' '*:argument:_files'"
                                            : "";
    text += fmt::format("    {}) _arguments \\\n{}    $global '1:command:' {} ;;\n", name, zsh_options(*app), rest);
  }
  return text +
         R"shell(    *) _arguments $global '1:command:{ _describe command commands }' ;;
  esac
}
if [[ ${funcstack[1]} == _electctl ]]; then _electctl "$@"; else compdef _electctl electctl; fi
)shell";
}

std::string fish_options(const CLI::App& app, const std::string& condition) {
  std::string lines;
  for (const CLI::Option* option : named_options(app)) {
    std::string names;
    for (const auto& name : option->get_snames()) names += " -s " + name;
    for (const auto& name : option->get_lnames()) names += " -l " + name;
    const std::string values = takes_value(*option) ? values_of(*option) : "";
    const std::string value = takes_format(*option)  ? " -x -a '(__electctl_formats)'"
                              : !values.empty()      ? fmt::format(" -x -a '{}'", values)
                              : takes_value(*option) ? " -r"
                                                     : "";
    lines +=
        fmt::format("complete -c electctl{}{}{} -d '{}'\n", condition, names, value, quoted(summary_of(*option), "\\"));
  }
  return lines;
}

std::string fish(const Grammar& grammar) {
  std::string text = fmt::format(
      R"shell(# fish completion of electctl, made by `electctl completion fish`
# The arguments typed so far that belong to no option, the subcommand first.
function __electctl_arguments
  set -l skip 0
  for word in (commandline -opc)[2..]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case {0} {2}
        set skip 1
      case '-*'
      case '*'
        echo -- $word
    end
  end
end
function __electctl_wants_election
  set -l arguments (__electctl_arguments)
  test (count $arguments) = 1; and contains -- $arguments[1] {3}
end
function __electctl_formats
  set -l arguments (__electctl_arguments) none
  switch $arguments[1]
{4}    case '*'
      string split ' ' '{5}'
  end
end
function __electctl_wants_subcommand
  set -l arguments (__electctl_arguments)
  test "$arguments" = help
end
function __electctl_elections
  set -l typed (commandline -opc)
  set -l globals
  for i in (seq 2 (count $typed))
    switch $typed[$i]
      case {0}
        set -a globals $typed[$i] $typed[(math $i + 1)]
      case {1}
        set -a globals $typed[$i]
    end
  end
  $typed[1] $globals __elections (commandline -ct) 2>/dev/null
end
complete -c electctl -f -n __electctl_wants_election -a '(__electctl_elections)'
)shell",
      fmt::join(kForNames, " "), fmt::format("'{}=*'", fmt::join(kForNames, "=*' '")),
      fmt::join(words_with_value(grammar, any), " "), fmt::join(commands_on_elections(grammar), " "),
      format_cases(grammar, " ", "    case {}\n      string split -n ' ' '{}'\n"), fmt::join(format_names(), " "));
  text += fish_options(grammar.app, "");
  for (const Command& command : grammar.commands) {
    if (command.hidden) continue;
    text += fmt::format("complete -c electctl -f -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                        quoted(command.summary, "\\"));
  }
  for (const auto& [command, app, declared] : grammar.subcommands) {
    if (command->hidden) continue;
    text += fish_options(*app, fmt::format(" -n '__fish_seen_subcommand_from {}'", command->name));
  }
  return text + "complete -c electctl -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n" +
         fmt::format("complete -c electctl -f -n __electctl_wants_subcommand -a '{}'\n",
                     fmt::join(grammar.visible_commands(), " "));
}

}  // namespace

Declared declare_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")->required();
  const auto run = [shell](Context&) -> Outcome {
    if (*shell != "bash" && *shell != "zsh" && *shell != "fish") {
      return bad_arguments(fmt::format("unknown shell '{}': choose bash, zsh or fish", elect::printable(*shell)));
    }
    const Grammar grammar(commands());
    const std::string text = *shell == "bash" ? bash(grammar) : *shell == "zsh" ? zsh(grammar) : fish(grammar);
    if (auto written = write_result(text); !written) return std::unexpected(written.error());
    return kDone;
  };
  return {
      run,
      {.description = "Subcommands, options and the names of the elections in the store are completed. The store is "
                      "asked for names with the endpoints and certificates typed so far, or of the environment; "
                      "where it does not answer within 300 ms, no name is offered.",
       .examples = {{"source <(electctl completion bash)", "for this shell"},
                    {"electctl completion fish >~/.config/fish/completions/electctl.fish", "for good"}},
       .exits = {{"0", "done"}}},
      [] { return false; }};
}

}  // namespace cli
