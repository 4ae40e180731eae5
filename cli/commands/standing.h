// Standing in an election from the command line: what campaign and elect have in common. It opens a session, stands,
// waits, and withdraws in the end, whatever happened in between.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "commands/session_file.h"
#include "elect/candidacy.h"
#include "elect/session.h"
#include "grammar/command.h"
#include "process/signals.h"

namespace cli {

struct StandingOptions {
  std::string name;
  std::string value;
  elect::SessionOptions session;
  bool try_once = false;                         // Not first in the queue at once: beaten.
  std::optional<std::chrono::nanoseconds> wait;  // NotElected where not elected within.
  std::string session_file;                      // Not empty: the candidacy outlives the process; see session_file.h.
  int in_use_code = kNotElected;                 // The exit code where another process uses that file.
};

class Standing {
 public:
  // Opens the session and stands. Whatever was begun when it fails is withdrawn.
  [[nodiscard]] static std::expected<std::unique_ptr<Standing>, Failure> open(Context& context, StandingOptions options,
                                                                              Signals& signals);

  // Withdraws, unless there is a session file: the lease of its own is revoked, of another's lease the key alone is
  // deleted. Only a third signal cuts it short. What failed is said on standard error.
  ~Standing();

  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

  // Waits for leadership, with a status line where standard error is a terminal.
  [[nodiscard]] elect::Result<elect::Candidacy::Verdict> wait();

  // Whether it leads, or is to lead, after having waited behind another: here, or in a run before of the same session
  // file that has started no CMD since.
  [[nodiscard]] bool waited() const { return waited_; }

  // How long it has stood, here.
  [[nodiscard]] std::chrono::nanoseconds stood_for() const { return elect::BootClock::now() - begun_; }

  // To be told before CMD is started.
  void cmd_starts();

  // The descriptor whose lock says that the session file is in use, or -1.
  [[nodiscard]] int lock() const { return file_ ? file_->descriptor() : -1; }

  [[nodiscard]] const elect::Election& election() const { return election_; }
  [[nodiscard]] elect::Session& session() { return *session_; }
  [[nodiscard]] elect::Candidacy& candidacy() { return *candidacy_; }

 private:
  Standing(elect::Election election, StandingOptions options, Signals& signals);
  [[nodiscard]] std::expected<void, Failure> open_session();
  // With a session file: takes up the session that it holds, or puts a new one in its place.
  [[nodiscard]] std::expected<void, Failure> open_kept_session();
  void note_place();

  const elect::Election election_;
  StandingOptions options_;
  Signals& signals_;
  const elect::BootTime begun_ = elect::BootClock::now();
  std::optional<SessionFile> file_;
  std::unique_ptr<elect::Session> session_;
  std::unique_ptr<elect::Candidacy> candidacy_;
  bool waited_ = false;
};

}  // namespace cli
