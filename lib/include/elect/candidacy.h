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

class Watcher;   // The wire half's; see lib/wire/watcher.h.
struct Attempt;  // Likewise; see lib/wire/connection.h.

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
  ~Candidacy();

  Candidacy(const Candidacy&) = delete;
  Candidacy& operator=(const Candidacy&) = delete;

  // This candidate, as it was written. Its create revision is the fencing token.
  [[nodiscard]] const Candidate& self() const { return self_; }

  // Whether somebody has put the key anew without this candidate's lease: the lease's end will not delete it then.
  [[nodiscard]] bool detached() const { return detached_; }

  // The header of the answer that said the latest: that it stands, or leads.
  [[nodiscard]] const Header& header() const { return header_; }

  // True once a linearizable Txn has seen this key with its own create revision and nobody in front of it.
  [[nodiscard]] bool elected() const { return elected_; }

  // While not elected: who is next in front.
  [[nodiscard]] const Ahead& ahead() const { return ahead_; }

  struct Elected {};
  struct NotElected {};  // Not elected by the deadline.
  using Verdict = std::variant<Elected, NotElected, Loss>;

  // Waits until this candidate leads. `moved` is called whenever somebody else is next in front.
  [[nodiscard]] Result<Verdict> wait(const Until& until, const std::function<void(const Ahead&)>& moved = {});

  // Waits until leadership, or the place in the queue, is lost. Nothing: the deadline came first.
  [[nodiscard]] Result<std::optional<Loss>> hold(const Until& until);

  // Begins to end its watch, for which the destructor otherwise waits: to be called before a call that ends all.
  void leave();

  // Deletes this candidate's key, and nothing else of the lease's. Its session may stand again afterwards.
  [[nodiscard]] Result<void> withdraw(std::stop_token stop = {});

 private:
  Candidacy(const Election& election, Session& session);
  // The Txn that stands up. False: the key is there already, and is self_ now.
  [[nodiscard]] Result<bool> put_key(const std::string& value, const Until& until, Attempt& attempt);
  // Reads the key of this lease into self_. False: there is none.
  [[nodiscard]] Result<bool> find_key(const Until& until);
  // Deletes what a Txn that put `value` behind revision `before`, and whose answer was lost, may have put.
  void take_back(const std::string& value, Revision before, const std::stop_token& give_up);
  // One Txn that says who is next in front. False: the own key is gone.
  [[nodiscard]] Result<bool> look_ahead(const Until& until);
  // Watches the own key and, while not elected, the one in front, until the verdict is known.
  [[nodiscard]] Result<Verdict> follow(bool leading, const Until& until,
                                       const std::function<void(const Ahead&)>& moved);
  [[nodiscard]] Result<Verdict> follow_stream(bool leading, const Until& until,
                                              const std::function<void(const Ahead&)>& moved);
  void watch_ahead();
  void unwatch_ahead();

  const Election election_;
  Connection& connection_;
  Session& session_;
  Candidate self_;
  Header header_;
  Ahead ahead_;
  bool elected_ = false;
  bool detached_ = false;
  std::unique_ptr<Watcher> watcher_;
  bool watched_before_ = false;   // What header_ and ahead_ say is older than the end of some watch.
  std::int64_t ahead_watch_ = 1;  // The ID of the watch on the one in front: a new one for each.
  bool watching_ahead_ = false;
};

}  // namespace elect
