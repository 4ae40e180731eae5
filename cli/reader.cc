#include "reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "elect/thread.h"

namespace cli {
namespace {

// Only a pipe or socket has a reader that can leave. Files and terminals have none.
bool is_read_by_somebody() {
  struct stat output {};
  return ::fstat(STDOUT_FILENO, &output) == 0 && (S_ISFIFO(output.st_mode) || S_ISSOCK(output.st_mode));
}

}  // namespace

Reader::Reader(const std::stop_token& stop) : relay_(stop, Relay{this}) {
  if (!is_read_by_somebody()) return;
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  // If the system refuses a descriptor or a thread, the next write notices that the reader is gone.
  if (wake_ < 0) return;
  if (auto thread = elect::start_thread([this] { watch(); })) thread_ = *std::move(thread);
}

Reader::~Reader() {
  if (wake_ < 0) return;
  (void)::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
  ::close(wake_);
}

void Reader::watch() {
  // No events are requested: poll() always reports POLLERR and POLLHUP.
  std::array<pollfd, 2> watched{{{STDOUT_FILENO, 0, 0}, {wake_, POLLIN, 0}}};
  while (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  if (watched[0].revents == 0) return;
  gone_ = true;
  stop_.request_stop();
}

Failure reader_gone() { return {kBySignal + SIGPIPE, ""}; }

}  // namespace cli
