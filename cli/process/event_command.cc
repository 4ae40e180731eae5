#include "process/event_command.h"

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "elect/text.h"
#include "output.h"
#include "process/environment.h"

namespace cli {
namespace {

// CMD starts with no signal blocked and with the default action for SIGPIPE. In electctl both are different.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes_, &set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &set);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Outcome EventCommand::run(const std::vector<std::string>& variables) {
  std::vector<std::string> changes;
  for (const auto& variable : variables) {
    if (fits_environment(variable)) {
      changes.push_back(variable);
    } else {
      warn(fmt::format("{} is not set for CMD: too long, or it holds a NUL byte",
                       variable.substr(0, variable.find('='))));
    }
  }
  std::vector<std::string> environment;
  for (const auto variable : environment_with(changes)) environment.emplace_back(variable);
  std::vector<std::string> argv = argv_;
  const SpawnAttributes attributes;
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    if (end_called_) return kDone;
    error = posix_spawnp(&running_pid_, argv.front().c_str(), nullptr, attributes.get(), pointers_to(argv).data(),
                         pointers_to(environment).data());
    if (error != 0) running_pid_ = 0;
  }
  if (error != 0) {
    return std::unexpected(
        Failure(error == ENOENT ? kNotFound : kCannotRun,
                fmt::format("cannot run {}: {}", elect::printable(argv.front()), std::strerror(error))));
  }
  int status = 0;
  wait(status);
  return WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status);
}

// Reaps CMD with the mutex held, so that nobody signals it meanwhile. Once it is reaped, its process ID may be reused.
void EventCommand::wait(int& status) {
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(running_pid_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  while (waitpid(running_pid_, &status, 0) < 0 && errno == EINTR) {
  }
  running_pid_ = 0;
}

void EventCommand::end() {
  const std::lock_guard lock(mutex_);
  end_called_ = true;
  if (running_pid_ != 0) kill(running_pid_, SIGTERM);
}

bool EventCommand::end_called() {
  const std::lock_guard lock(mutex_);
  return end_called_;
}

void EventCommand::signal(int number) {
  const std::lock_guard lock(mutex_);
  if (running_pid_ != 0) kill(running_pid_, number);
}

}  // namespace cli
