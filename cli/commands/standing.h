// Stands in an election from the command line. campaign and elect share it. It opens a session, stands, waits, and at
// the end withdraws, whatever happened in between.
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
  bool try_once = false;                         // NotElected unless it is first in the queue at once.
  std::optional<std::chrono::nanoseconds> wait;  // NotElected if not elected within this time.
  std::string session_file;                      // Not empty: the candidacy outlives the process. See session_file.h.
  int in_use_code = kNotElected;                 // The exit code if another process uses that file.
};

class Standing {
 public:
  // Opens the session and stands. If it fails, it withdraws what it has done.
  [[nodiscard]] static std::expected<std::unique_ptr<Standing>, Failure> open(Context& context, StandingOptions options,
                                                                              Signals& signals);

  // Withdraws, unless there is a session file. Revokes the lease if it is its own. If the lease was given, deletes only
  // the key. Only a third signal interrupts it. Reports failures on standard error.
  ~Standing();

  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

  // Waits for leadership. Shows a status line if standard error is a terminal.
  [[nodiscard]] elect::Result<elect::Candidacy::Verdict> wait();

  // Whether it waited behind another candidate, and no CMD was started since. An earlier run with the same session file
  // counts, too.
  [[nodiscard]] bool waited() const { return waited_; }

  // How long it has stood in this process.
  [[nodiscard]] std::chrono::nanoseconds stood_for() const { return elect::BootClock::now() - opened_at_; }

  // Call it before CMD is started: waited() is false from then on, also in later runs with the same session file.
  void note_cmd_start();

  // The descriptor that holds the lock on the session file; -1: no session file.
  [[nodiscard]] int lock_descriptor() const { return file_ ? file_->descriptor() : -1; }

  [[nodiscard]] const elect::Election& election() const { return election_; }
  [[nodiscard]] elect::Session& session() { return *session_; }
  [[nodiscard]] elect::Candidacy& candidacy() { return *candidacy_; }

 private:
  Standing(elect::Election election, StandingOptions options, Signals& signals);
  [[nodiscard]] std::expected<void, Failure> open_session();
  // With a session file: resumes its session, or replaces it with a new one.
  [[nodiscard]] std::expected<void, Failure> resume_or_open_session();
  void store_position();

  const elect::Election election_;
  StandingOptions options_;
  Signals& signals_;
  const elect::BootTime opened_at_ = elect::BootClock::now();
  std::optional<SessionFile> file_;
  std::unique_ptr<elect::Session> session_;
  std::unique_ptr<elect::Candidacy> candidacy_;
  bool waited_ = false;
};

}  // namespace cli
