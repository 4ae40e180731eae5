#include "commands/proposal.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "output.h"

namespace cli {

std::expected<std::string, Failure> proposal_of(const std::optional<std::string>& text) {
  if (text && *text != "-") return *text;
  std::array<char, 65536> buffer{};
  if (!text) {
    if (::gethostname(buffer.data(), buffer.size()) != 0) {
      return std::unexpected(
          Failure(kError, fmt::format("cannot find out the host's name: {}; give VALUE", std::strerror(errno))));
    }
    return std::string(buffer.data());
  }
  std::string value;
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got == 0) return value;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      wait_until_ready(STDIN_FILENO, POLLIN);
      continue;
    }
    if (got < 0) {
      return std::unexpected(Failure(kError, fmt::format("cannot read standard input: {}", std::strerror(errno))));
    }
    value.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string this_host() { return proposal_of(std::nullopt).value_or(""); }

}  // namespace cli
