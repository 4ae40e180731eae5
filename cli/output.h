// The one place where results are written.
#pragma once

#include <expected>
#include <string_view>

#include "exit_code.h"

namespace cli {

// Writes all of it to standard output. A reader that has closed the pipe: a quiet failure, as if by SIGPIPE. Anything
// else that keeps the bytes from getting there: a failure that says what.
[[nodiscard]] std::expected<void, Failure> write_result(std::string_view bytes);

// All of it, to any descriptor. False: errno says why not.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);

// To standard error, for people. What cannot be written there is lost, and changes nothing else.
void say(std::string_view text);

// One line of it, "Error: …": why the program cannot do what was asked.
void say_error(std::string_view message);

// One line of it, "electctl: …".
void warn(std::string_view message);

// One line of it for whoever sits at a terminal; nothing where standard error is none: scripts see no more than results
// and errors.
void remark(std::string_view line);

// Waits until a descriptor that does not block can be read from (POLLIN) or written to (POLLOUT).
void wait_until_ready(int descriptor, short events);

// Standard streams that the caller had closed are taken by descriptors that fail all the same: otherwise the next
// socket would take their numbers, and what is printed would go to etcd. Before anything else is opened.
void take_closed_streams();

[[nodiscard]] bool is_terminal(int descriptor);

// The size of the terminal on that descriptor; 80 by 24 where it has none.
struct TerminalSize {
  int columns;
  int lines;
};
[[nodiscard]] TerminalSize terminal_size(int descriptor);

// Whether colours are wanted there: only on a terminal, never with NO_COLOR or TERM=dumb.
[[nodiscard]] bool wants_colour(int descriptor);

// Whether the terminal can do no more than show lines.
[[nodiscard]] bool is_dumb();

// Whether the user's locale says that characters beyond ASCII can be shown.
[[nodiscard]] bool speaks_utf8();

}  // namespace cli
