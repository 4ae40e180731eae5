// Your own candidacy: stand, wait for leadership, hold it. One thread at a time may use it.
//
// Not promised: that only the leader writes to another system. A process can be paused between its check and its write.
// Send the fencing token (the leader's create revision) with each write, and let the resource refuse smaller tokens.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "elect/election.h"
#include "elect/session.h"

namespace elect {

// The next candidate in front, while waiting.
struct Ahead {
  std::string key;
  // How many stood in front when this candidacy began. Not updated. 0: nobody, or not known: the key stood already.
  std::int64_t count = 0;
};

class Candidacy {
 public:
  // Stands under the session's lease. If that lease already stands in this election, the value is updated (a proclaim)
  // and the position stays. Costs one Txn after the session's grant. If the session did not grant the lease, it costs
  // one read before that. The session must outlive the candidacy. Errc::lease_not_found: the lease is gone.
  // Errc::refused: the key stands under another lease, or somebody deleted it at once.
  // After an error a try without an answer may have put the key. If the session granted the lease, the session's
  // close() deletes that key with the lease. Another lease may last long, so stand() itself looks for the key and
  // deletes it. That takes up to the client's command_timeout more. Only `give_up` ends it sooner.
  [[nodiscard]] static Result<std::unique_ptr<Candidacy>> stand(const Election& election, Session& session,
                                                                std::string value, const Until& until,
                                                                const std::stop_token& give_up = {});

  // Resumes a candidacy that already stands, by its key and create revision: for a restarted process. The session must
  // use the key's lease. Writes nothing. Two calls. Null: this candidate no longer stands. Errc::usage: the key is not
  // in this election. Errc::refused: the key is attached to another lease.
  [[nodiscard]] static Result<std::unique_ptr<Candidacy>> resume(const Election& election, Session& session,
                                                                 const std::string& key, Revision create_revision,
                                                                 const Until& until);

  // Ends the watch. Deletes nothing: withdraw() and the session's close() do.
  ~Candidacy();

  Candidacy(const Candidacy&) = delete;
  Candidacy& operator=(const Candidacy&) = delete;

  // This candidate, as this object last wrote or read it. Its create revision is the fencing token.
  [[nodiscard]] const Candidate& self() const;

  // Whether somebody has put the key again without this candidate's lease, as far as wait() and hold() have seen. Then
  // the key stays when the lease ends.
  [[nodiscard]] bool detached() const;

  // The header of the latest answer that said that this candidate stands or leads.
  [[nodiscard]] const Header& header() const;

  // True once a linearizable Txn has seen this key with its own create revision and nobody in front of it.
  [[nodiscard]] bool elected() const;

  // The next candidate in front, while not elected.
  [[nodiscard]] const Ahead& ahead() const;

  struct Elected {};
  struct NotElected {};  // Not elected by the deadline.
  using Verdict = std::variant<Elected, NotElected, Loss>;

  // Waits until this candidate leads. Calls `moved` whenever another candidate becomes the next in front.
  [[nodiscard]] Result<Verdict> wait(const Until& until, const std::function<void(const Ahead&)>& moved = {});

  // Waits until leadership, or the position in the queue, is lost. nullopt: the deadline came first.
  [[nodiscard]] Result<std::optional<Loss>> hold(const Until& until);

  // Changes this candidate's value. It keeps its position. One Txn, guarded by its create revision. False: the
  // candidate is gone, and nothing was written.
  [[nodiscard]] Result<bool> proclaim(std::string value, const Until& until = {});

  // Starts to end the watch and returns at once. The destructor waits for the end. Call it before another slow call
  // (the session's close(), for example), so that both run at once.
  void stop_watching();

  // Deletes this candidate's key. Other keys of the lease stay. The session may stand again afterwards. Retries until
  // the lease would have expired, or until the deadline. Does not retry if the account is not accepted. False: the key
  // was gone already.
  [[nodiscard]] Result<bool> withdraw(const Until& until = {});

 private:
  class Impl;
  explicit Candidacy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace elect
