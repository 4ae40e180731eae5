#include "account/password.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>

#include <fmt/format.h>

#include "elect/text.h"

namespace cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile std::sig_atomic_t caught = 0;

extern "C" void note_signal(int number) { caught = number; }

// While it exists, signals are delivered only inside wait_for(). They are recorded and have no other effect. Signals
// that were ignored stay ignored.
class DeferredSignals {
 public:
  DeferredSignals() {
    caught = 0;
    sigset_t set;
    sigemptyset(&set);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction action {};
      sigaction(kSignals[i], nullptr, &old_actions_[i]);
      action.sa_handler = old_actions_[i].sa_handler == SIG_IGN ? SIG_IGN : note_signal;
      sigaction(kSignals[i], &action, nullptr);
      sigaddset(&set, kSignals[i]);
    }
    sigprocmask(SIG_BLOCK, &set, &old_mask_);
  }
  ~DeferredSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_actions_[i], nullptr);
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  }
  DeferredSignals(const DeferredSignals&) = delete;
  DeferredSignals& operator=(const DeferredSignals&) = delete;

  // Waits until there is input. False: a signal came.
  [[nodiscard]] bool wait_for(int file) const {
    pollfd readable{file, POLLIN, 0};
    return ppoll(&readable, 1, nullptr, &old_mask_) >= 0 && caught == 0;
  }

 private:
  std::array<struct sigaction, kSignals.size()> old_actions_{};
  sigset_t old_mask_{};
};

// Reads one line without echo, with its newline. Empty: the terminal is gone, or reports end of file. nullopt: a signal
// came.
std::optional<std::string> read_without_echo(int terminal) {
  const DeferredSignals signals;
  termios old_settings{};
  tcgetattr(terminal, &old_settings);
  termios no_echo = old_settings;
  no_echo.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  no_echo.c_lflag |= ICANON | ISIG | ECHONL;
  tcsetattr(terminal, TCSAFLUSH, &no_echo);
  std::optional<std::string> line;
  if (signals.wait_for(terminal)) {
    std::array<char, 4096> typed{};  // The longest line that a terminal gives.
    const ssize_t size = read(terminal, typed.data(), typed.size());
    line.emplace(typed.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    explicit_bzero(typed.data(), typed.size());
  }
  tcsetattr(terminal, TCSAFLUSH, &old_settings);
  return line;
}

void write_to(int terminal, std::string_view text) { (void)!write(terminal, text.data(), text.size()); }

}  // namespace

elect::Result<std::string> ask_password(const std::string& user) {
  const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) {
    return elect::fail(
        elect::Errc::usage,
        fmt::format("user '{}' needs a password, and there is no terminal to ask for it: give --password-file or "
                    "ETCDCTL_PASSWORD",
                    elect::printable(user)));
  }
  std::optional<std::string> line;
  while (!line) {
    write_to(terminal, fmt::format("Password of {}: ", elect::printable(user)));
    line = read_without_echo(terminal);
    if (!line) {
      write_to(terminal, "\n");
      raise(caught);  // Now with its own action. If that stopped the process, ask again once it is continued.
    }
  }
  close(terminal);
  if (line->empty()) return elect::fail(elect::Errc::usage, "no password was typed");
  if (line->ends_with('\n')) line->pop_back();
  return *std::move(line);
}

}  // namespace cli
