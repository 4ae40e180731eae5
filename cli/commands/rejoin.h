// Standing again after leadership was lost, for campaign --rejoin.
//
// The program executes itself again: a guard can only be forked while there is no thread, and only a new process image
// has none.
#pragma once

#include <string>

#include "elect/names.h"
#include "grammar/command.h"

namespace cli {

// Whether rejoin() has executed this process. Then it is not to give up because etcd fails once more. Call it before
// CMD's environment is made: the mark is an environment variable, and is removed.
[[nodiscard]] bool take_rejoin_mark();

// Checks that the program can be executed again: call it before standing.
[[nodiscard]] std::expected<void, Failure> check_rejoin();

// Waits until etcd answers, then executes the program again. Otherwise standing again could fail for the reason that
// ended leadership. `lease`: the one of --lease, or 0. Returns only if it does not stand again: nullopt, a signal came;
// a failure, that lease is gone, or the program cannot be started.
[[nodiscard]] std::optional<Failure> rejoin(Context& context, const std::string& name, elect::LeaseId lease);

}  // namespace cli
