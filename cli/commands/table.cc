#include "commands/table.h"

#include <array>

namespace cli {
namespace {

constexpr std::array kCommands = {
    Command{"campaign", "stand as a candidate, wait, lead; run CMD while leading", "simple fields json", true,
            declare_campaign},
    Command{"leader", "print who leads", "simple fields json", false, declare_leader},
    Command{"observe", "print every leader as it comes, or run CMD for each", "simple fields json", true,
            declare_observe},
    Command{"resign", "end one candidacy", "simple fields json", false, declare_resign},
    Command{"inspect", "print all candidates in their order; history, checks",
            "simple fields json table prometheus svg", false, declare_inspect},
    Command{"proclaim", "change the value of a candidate", "", false, declare_proclaim},
    Command{"elect", "as etcdctl elect", "simple fields json protobuf", false, declare_elect},
    Command{"completion", "print the completion script of a shell", "", false, declare_completion},
    Command{"help", "print the help of a subcommand", "", false, declare_help},
    Command{"version", "print the version", "", false, declare_version},
    Command{"__elections", "names of elections, for completion", "", false, declare_election_names, true},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace cli
