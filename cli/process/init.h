// What the first process of a container has to do.
#pragma once

#include "exit_code.h"

namespace cli {

// If this process is the first of a PID namespace (a container), all processes that a CMD leaves behind become its
// children, and stay zombies until it reaps them. So become_init() forks a child that does the work, and returns in the
// child. The first process itself reaps every child that ends, passes signals on to the worker, and exits with the
// worker's exit code. If this process is not the first one, become_init() does nothing.
//
// Call it while the process has only one thread. A failure: the child cannot be made.
[[nodiscard]] std::expected<void, Failure> become_init();

}  // namespace cli
