// Asking for a password on the terminal.
#pragma once

#include <string>

#include "elect/error.h"

namespace cli {

// Asks on the controlling terminal, whatever standard input and output are, without echo. A signal that ends or stops
// the program meanwhile does so with the terminal as it was. Call it while the process has one thread. Errc::usage:
// there is no terminal, or nothing was typed.
[[nodiscard]] elect::Result<std::string> ask_password(const std::string& user);

}  // namespace cli
