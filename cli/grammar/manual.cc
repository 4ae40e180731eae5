#include "grammar/manual.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/grammar.h"

namespace cli {
namespace {

constexpr std::string_view kAbout =
    "Leader election on etcd for people who work in a shell. A candidate stands under the key NAME/LEASE; whoever has "
    "the "
    "smallest create revision leads, the others wait in the order of theirs. It is the queue of etcdctl elect, of Go's "
    "clientv3/concurrency and of the server's own election service, and all of them can stand in one election.\n"
    "\n"
    "Options may come before or after the subcommand, and win over their environment variables. Durations are Go's "
    "(1m30s, 500ms); a bare number is seconds. Every error is one line on standard error.\n"
    "\n"
    "Write -- in front of a NAME or VALUE that begins with -. If a CMD follows, write a second -- in front of it: "
    "electctl campaign -- -NAME -VALUE -- CMD.";

std::vector<Example> program_examples() {
  return {{"electctl campaign backup -- /usr/local/bin/backup", "run it on one host at a time; the others wait"},
          {"electctl leader backup", "who leads"},
          {"electctl inspect backup", "the candidates, in the order of the queue"}};
}

std::string term_of(const CLI::Option& option) {
  std::string term;
  for (const auto& name : names_of(option)) term += (term.empty() ? "" : ", ") + name;
  if (option.get_snames().empty()) term = "    " + term;
  if (option.get_items_expected_max() > 0) term += " " + option.get_type_name();
  return term;
}

std::string text_of(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += fmt::format(" (default: {})", option.get_default_str());
  if (!option.get_envname().empty()) text += fmt::format(" [${}]", option.get_envname());
  return text;
}

std::vector<Entry> options_of(const CLI::App& app) {
  std::vector<Entry> entries;
  for (const CLI::Option* option : named_options(app)) entries.push_back({term_of(*option), text_of(*option)});
  return entries;
}

std::vector<std::string> paragraphs_of(std::string_view text) {
  std::vector<std::string> paragraphs;
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    paragraphs.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return paragraphs;
}

// Adds the exit codes that every subcommand has, or every one that asks etcd, in numeric order.
void add_common(std::vector<Entry>& exits, bool asks_etcd = true) {
  std::vector<Entry> common = {{"1", asks_etcd ? "error from etcd or the system" : "error from the system"},
                               {"128", "bad arguments"}};
  if (asks_etcd) {
    common.push_back({"2", "no endpoint could be reached"});
    common.push_back({"4", "output format not supported here"});
  }
  for (const auto& entry : common) {
    if (std::ranges::find(exits, entry.term, &Entry::term) == exits.end()) exits.push_back(entry);
  }
  std::ranges::stable_sort(exits, {}, [](const Entry& entry) {
    return std::pair(std::stoi(entry.term), entry.term.find('+') != entry.term.npos);
  });
}

Page program_page(const Grammar& grammar) {
  Page page{"electctl", "leader election on etcd for the shell", "electctl [OPTIONS] SUBCOMMAND ...",
            paragraphs_of(kAbout)};
  for (const Command& command : grammar.commands) {
    if (!command.hidden) page.commands.push_back({std::string(command.name), std::string(command.summary)});
  }
  page.global_options = options_of(grammar.app);
  page.examples = program_examples();
  page.exits = {
      {"0", "done; or yes"},
      {"10", "no leader, no such candidate, or no such run"},
      {"11",
       "not elected in time; not the leader; --once: this ID was run before; inspect --runs --id: it is not done"},
      {"12", "leadership, or the place in the queue, was lost"},
      {"13", "--verify found a fault"},
      {"124", "CMD ran longer than --max-runtime, and was ended"},
      {"126, 127", "CMD could not be run; CMD was not found"},
      {"128+N", "ended by signal N, or CMD was"}};
  add_common(page.exits);
  return page;
}

}  // namespace

Page page_of(const Grammar& grammar, std::string_view subcommand) {
  const auto found = std::ranges::find(grammar.subcommands, subcommand,
                                       [](const Grammar::Subcommand& declared) { return declared.command->name; });
  if (found == grammar.subcommands.end()) return program_page(grammar);
  const auto& [command, app, declared] = *found;
  const Manual& manual = declared.manual;
  Page page{fmt::format("electctl {}", command->name), std::string(command->summary),
            fmt::format("electctl {} [OPTIONS]", command->name), paragraphs_of(manual.description)};
  for (const CLI::Option* argument :
       app->get_options([](const CLI::Option* option) { return option->get_positional(); })) {
    if (argument->get_description().empty()) continue;  // It is there to be refused.
    const std::string name = argument->get_name(true);
    page.arguments.push_back({name, argument->get_description()});
    page.usage += argument->get_required() || name == "NAME" ? " " + name : " [" + name + "]";
  }
  if (command->takes_cmd) {
    page.usage += " [-- CMD ARG...]";
    page.arguments.push_back({"-- CMD ARG...", "what to run"});
  }
  page.options = options_of(*app);
  page.examples = manual.examples;
  page.exits = manual.exits;
  add_common(page.exits, declared.asks_etcd());
  return page;
}

}  // namespace cli
