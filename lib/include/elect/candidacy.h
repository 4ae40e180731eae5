// One's own candidacy: standing, waiting for leadership, holding it. For one thread at a time.
//
// What is *not* promised: that a leader's writes to some other system are exclusive. A process can be paused between
// its check and its write; give the fencing token (the leader's create revision) along with the write, and have the
// resource refuse smaller ones.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "elect/election.h"
#include "elect/session.h"

namespace elect {

// The candidate in front, while waiting.
struct Ahead {
  std::string key;
  std::int64_t count = 0;  // How many stood before when this candidacy began; afterwards not looked up again.
};

class Candidacy {
 public:
  // Stands under the session's lease. Where that lease already stands in this election, its value is updated in place
  // (a proclaim) and it keeps its place. Two calls with the session's grant: one Txn more; on a lease that is not the
  // session's own, one look before. The session must outlive it.
  // Where it fails, no key is left by it: the session's own lease takes the key along when it is closed; on another's
  // lease, whose end may be far, a key that was put by a try without an answer is looked for and deleted. That takes up
  // to the client's command_timeout more, and heeds `give_up` alone.
  [[nodiscard]] static Result<std::unique_ptr<Candidacy>> stand(const Election& election, Session& session,
                                                                std::string value, const Until& until,
                                                                const std::stop_token& give_up = {});

  // Resumes a candidacy that already stands, by its key and create revision: for a process that was started anew. The
  // session must be on the key's lease. Writes nothing. Two calls. Null: this candidate no longer stands. Errc::usage:
  // the key is not in this election. Errc::refused: the key is attached to another lease.
  [[nodiscard]] static Result<std::unique_ptr<Candidacy>> resume(const Election& election, Session& session,
                                                                 const std::string& key, Revision create_revision,
                                                                 const Until& until);

  // Ends its watch. Deletes nothing: that is what withdraw() and the session's close() do.
  ~Candidacy();

  Candidacy(const Candidacy&) = delete;
  Candidacy& operator=(const Candidacy&) = delete;

  // This candidate, as it was written. Its create revision is the fencing token.
  [[nodiscard]] const Candidate& self() const;

  // Whether somebody has put the key anew without this candidate's lease: the lease's end will not delete it then.
  [[nodiscard]] bool detached() const;

  // The header of the answer that said the latest: that it stands, or leads.
  [[nodiscard]] const Header& header() const;

  // True once a linearizable Txn has seen this key with its own create revision and nobody in front of it.
  [[nodiscard]] bool elected() const;

  // While not elected: who is next in front.
  [[nodiscard]] const Ahead& ahead() const;

  struct Elected {};
  struct NotElected {};  // Not elected by the deadline.
  using Verdict = std::variant<Elected, NotElected, Loss>;

  // Waits until this candidate leads. `moved` is called whenever somebody else is next in front.
  [[nodiscard]] Result<Verdict> wait(const Until& until, const std::function<void(const Ahead&)>& moved = {});

  // Waits until leadership, or the place in the queue, is lost. Nothing: the deadline came first.
  [[nodiscard]] Result<std::optional<Loss>> hold(const Until& until);

  // Changes this candidate's value. It keeps its place. One Txn, guarded by its create revision. False: the candidate
  // is gone, and nothing was written.
  [[nodiscard]] Result<bool> proclaim(std::string value, const Until& until = {});

  // Begins to end its watch, for which the destructor otherwise waits: to be called before a call that ends all.
  void leave();

  // Deletes this candidate's key, and nothing else of the lease's. Its session may stand again afterwards.
  [[nodiscard]] Result<void> withdraw(const Until& until = {});

 private:
  class Impl;
  explicit Candidacy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace elect
