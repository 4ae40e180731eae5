// The list of subcommands. To add one: write a new file, and add one line here, in table.cc and in cli/CMakeLists.txt.
#pragma once

#include <span>

#include "grammar/command.h"

namespace cli {

// All subcommands, in the order of the help.
[[nodiscard]] std::span<const Command> commands();

// One for each subcommand, in the file of that name.
Declared declare_campaign(CLI::App& app);
Declared declare_leader(CLI::App& app);
Declared declare_observe(CLI::App& app);
Declared declare_resign(CLI::App& app);
Declared declare_inspect(CLI::App& app);
Declared declare_proclaim(CLI::App& app);
Declared declare_elect(CLI::App& app);
Declared declare_completion(CLI::App& app);
Declared declare_help(CLI::App& app);
Declared declare_version(CLI::App& app);
Declared declare_election_names(CLI::App& app);

}  // namespace cli
