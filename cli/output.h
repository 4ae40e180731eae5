// The one place where results are written.
#pragma once

#include <expected>
#include <string_view>

#include "exit_code.h"

namespace cli {

// Writes all of it to standard output. A reader that has closed the pipe: a quiet failure, as if by SIGPIPE. Anything
// else that keeps the bytes from getting there: a failure that says what.
[[nodiscard]] std::expected<void, Failure> write_result(std::string_view bytes);

// One line on standard error, "electctl: …". What cannot be written there is lost.
void warn(std::string_view message);

[[nodiscard]] bool is_terminal(int descriptor);

// The width of the terminal on that descriptor; 80 where it has none.
[[nodiscard]] int terminal_width(int descriptor);

}  // namespace cli
