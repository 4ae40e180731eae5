#include "output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "reader.h"

namespace cli {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      wait_until_ready(descriptor, POLLOUT);
      continue;
    }
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::expected<void, Failure> write_result(std::string_view bytes) {
  if (write_all(STDOUT_FILENO, bytes)) return {};
  if (errno == EPIPE) return std::unexpected(reader_gone());
  return std::unexpected(Failure(kError, fmt::format("cannot write to standard output: {}", why_not_written(errno))));
}

std::string why_not_written(int error) {
  std::string why = std::strerror(error);
  if (error == EFBIG) why += "; raise ulimit -f";
  return why;
}

void remark(std::string_view line) {
  if (is_terminal(STDERR_FILENO)) say(fmt::format("{}\n", line));
}

void wait_until_ready(int descriptor, short events) {
  pollfd watched{descriptor, events, 0};
  (void)::poll(&watched, 1, -1);
}

void say(std::string_view text) { (void)write_all(STDERR_FILENO, text); }

void say_error(std::string_view message) { say(fmt::format("Error: {}\n", message)); }

void warn(std::string_view message) { say(fmt::format("electctl: {}\n", message)); }

void take_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // A close-on-exec descriptor is not from our caller: a library opened it before main (grpc 1.51 does, and never
    // closes it).
    const int flags = ::fcntl(stream, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) continue;
    if (flags >= 0) ::close(stream);
    // open() returns the lowest free number, which is `stream`. The access mode is the wrong one on purpose: so reading
    // or writing fails as if the stream were closed.
    (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

TerminalSize terminal_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

bool wants_colour(int descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  return is_terminal(descriptor) && (refused == nullptr || *refused == '\0') && !is_dumb();
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

bool speaks_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* locale = std::getenv(variable);
    if (locale == nullptr || *locale == '\0') continue;
    const std::string_view name = locale;
    return name.find("UTF-8") != name.npos || name.find("utf8") != name.npos;
  }
  return false;
}

}  // namespace cli
