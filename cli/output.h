// Writes results and messages, and says what a terminal can show. No other file writes to standard output. To standard
// error only aborts.h writes, too.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "exit_code.h"

namespace cli {

// Writes all bytes to standard output. If the reader has closed the pipe: a failure without a message, as if ended by
// SIGPIPE. On any other error: a failure that names it.
[[nodiscard]] std::expected<void, Failure> write_result(std::string_view bytes);

// Writes all bytes to any descriptor. False: errno says why not.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);

// The text of a failed write's errno. If a limit refused the write, also which one to raise.
[[nodiscard]] std::string why_not_written(int error);

// Writes to standard error, for people. Ignores errors.
void say(std::string_view text);

// Writes one line "Error: …" to standard error: why the program cannot do what was asked.
void say_error(std::string_view message);

// Writes one line "electctl: …" to standard error.
void warn(std::string_view message);

// Writes one line to standard error if it is a terminal. Otherwise does nothing: scripts see only results and errors.
void remark(std::string_view line);

// Waits until a non-blocking descriptor can be read (POLLIN) or written (POLLOUT).
void wait_until_ready(int descriptor, short events);

// Opens each standard stream that the caller had closed, so that its use still fails. Otherwise the next socket would
// get the number, and output would go to etcd. Call it before anything else is opened.
void take_closed_streams();

[[nodiscard]] bool is_terminal(int descriptor);

// The size of the terminal on that descriptor; 80 by 24 if it reports none.
struct TerminalSize {
  int columns;
  int lines;
};
[[nodiscard]] TerminalSize terminal_size(int descriptor);

// Whether to use colours there: only on a terminal, never with NO_COLOR or TERM=dumb.
[[nodiscard]] bool wants_colour(int descriptor);

// Whether the terminal can only show lines, and cannot move the cursor.
[[nodiscard]] bool is_dumb();

// Whether the user's locale allows characters outside ASCII.
[[nodiscard]] bool speaks_utf8();

}  // namespace cli
