#include "output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace cli {
namespace {

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::expected<void, Failure> write_result(std::string_view bytes) {
  if (write_all(STDOUT_FILENO, bytes)) return {};
  if (errno == EPIPE) return std::unexpected(Failure(kBySignal + SIGPIPE, ""));
  return std::unexpected(Failure(kError, fmt::format("cannot write to standard output: {}", std::strerror(errno))));
}

void warn(std::string_view message) { write_all(STDERR_FILENO, fmt::format("electctl: {}\n", message)); }

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

int terminal_width(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace cli
