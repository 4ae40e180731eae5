// Asks for a password on the terminal.
#pragma once

#include <string>

#include "elect/error.h"

namespace cli {

// Asks on the controlling terminal, without echo. Where standard input and output go does not matter. If a signal ends
// or stops the program meanwhile, the terminal's settings are restored first. Call it while the process has one thread.
// Errc::usage: there is no terminal, or nothing was typed.
[[nodiscard]] elect::Result<std::string> ask_password(const std::string& user);

}  // namespace cli
