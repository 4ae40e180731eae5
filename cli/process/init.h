// The duties of a container's first process.
#pragma once

#include "exit_code.h"

namespace cli {

// Where we are the first process of a PID namespace (a container), whatever a CMD leaves behind becomes our child, and
// stays a zombie until we reap it. So the work is done by a child: this returns there. The first process itself reaps
// all that end, passes signals on, and leaves with the child's exit code. Elsewhere it does nothing.
//
// Call it while the process has one thread. A failure where the child cannot be made.
[[nodiscard]] std::expected<void, Failure> become_init();

}  // namespace cli
