// Leader election, in one queue with Go's clientv3/concurrency, etcdctl elect and the server's election service.
//
// An Election looks and acts from outside: who stands, who leads, ending or changing a candidacy by its key. A
// Candidacy is one's own: standing, waiting for leadership, holding it.
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
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"
#include "elect/session.h"

namespace elect {

// The candidates at one revision of the store.
struct Snapshot {
  Header header;
  std::vector<Candidate> candidates;  // Sorted by create revision, as the server sorted them.
  std::int64_t count = 0;             // How many there are in all, also where fewer were asked for.
};

struct Query {
  Revision revision = 0;      // As of this revision; 0: now.
  std::int64_t limit = 0;     // At most so many, first in the queue first; 0: all.
  bool serializable = false;  // Answered by one member from what it has, which may be old.
  bool keys_only = false;     // Without the values.
};

// What observe() tells.
struct Observation {
  enum class Type { elected, proclaimed, vacant, gap } type;
  Header header;           // Of the answer that brought it.
  Revision revision;       // The revision that made it so; for a leader found at the start, its mod revision.
  Candidate leader;        // For vacant: the one whose term ended, if it was seen. For gap: empty.
  std::int64_t count = 0;  // How many stood when this leader came out of the queue; 0: it stood up in a vacancy.
  std::string election;
};

class Election {
 public:
  // Errc::usage: the name is empty.
  [[nodiscard]] static Result<Election> open(Client& client, std::string name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }

  // One call. With limit 1: the leader, if any.
  [[nodiscard]] Result<Snapshot> candidates(const Query& query = {}, std::stop_token stop = {});

  // Deletes that candidate's key, or with `revoke` its whole lease, only if it still is the candidate of that create
  // revision. False: it was not, and nothing was done.
  [[nodiscard]] Result<bool> end(const Candidate& candidate, bool revoke, std::stop_token stop = {});

  // Gives that candidate a new value, only if it still is the candidate of that create revision. False: it was not.
  [[nodiscard]] Result<bool> proclaim(const Candidate& candidate, const std::string& value, std::stop_token stop = {});

  // Every leader in order, each once: the present one first (or that nobody leads), then every change as it comes, over
  // reconnects. Where a compaction overtook it: a gap, then the present leader (or that nobody leads). `tell` answers
  // whether to go on. Ends with success where it says no or the deadline came, with Errc::interrupted after a stop
  // request, otherwise with the error that could not be overcome.
  // from: first tells the leader as of that revision, then what followed. Errc::compacted: that is no longer there.
  [[nodiscard]] Result<void> observe(Revision from, const std::function<bool(const Observation&)>& tell,
                                     const Until& until);

  // The whole queue: as it is, then after every change of it; changes that come together are told together, those
  // before a compaction that overtook it are not told. Otherwise as observe().
  [[nodiscard]] Result<void> watch(const std::function<bool(const Header&, const Queue&)>& tell, const Until& until);

 private:
  Election(Client& client, std::string name);

  Client* client_;
  std::string name_;
  std::string prefix_;
};

// The candidate in front, while waiting.
struct Ahead {
  std::string key;
  std::int64_t count = 0;  // How many stood before when this candidacy began; afterwards not looked up again.
};

class Watcher;  // The wire half's; see lib/wire/watcher.h.

class Candidacy {
 public:
  // Stands under the session's lease. Where that lease already stands in this election, its value is updated in place
  // (a proclaim) and it keeps its place. Two calls with the session's grant: one Txn more.
  [[nodiscard]] static Result<std::unique_ptr<Candidacy>> stand(Client& client, Session& session, std::string name,
                                                                std::string value, const Until& until);
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
  struct Beaten {};  // Not elected by the deadline.
  using Verdict = std::variant<Elected, Beaten, Loss>;

  // Waits until this candidate leads. `moved` is called whenever somebody else is next in front.
  [[nodiscard]] Result<Verdict> wait(const Until& until, const std::function<void(const Ahead&)>& moved = {});

  // Waits until leadership, or the place in the queue, is lost. Nothing: the deadline came first.
  [[nodiscard]] Result<std::optional<Loss>> hold(const Until& until);

  // Records `id` for this election, if this candidate still stands and no record of it is there: one Txn says both.
  // A record lasts for `keep`, on a lease of its own, and lies outside every election's prefix.
  enum class Once {
    recorded,  // Now, by this candidate.
    already,   // Before, by whomever.
    gone,      // This candidate is gone, and nothing was recorded.
  };
  [[nodiscard]] Result<Once> record_once(const std::string& id, std::chrono::seconds keep, std::stop_token stop = {});

  // Deletes this candidate's key, and nothing else of the lease's. Its session may stand again afterwards.
  [[nodiscard]] Result<void> withdraw(std::stop_token stop = {});

 private:
  Candidacy(Client& client, Session& session, std::string name);
  // One Txn that says who is next in front. False: the own key is gone.
  [[nodiscard]] Result<bool> look_ahead(const Until& until);
  // Watches the own key and, while not elected, the one in front, until the verdict is known.
  [[nodiscard]] Result<Verdict> follow(bool leading, const Until& until,
                                       const std::function<void(const Ahead&)>& moved);
  [[nodiscard]] Result<Verdict> follow_stream(bool leading, const Until& until,
                                              const std::function<void(const Ahead&)>& moved);
  void watch_ahead();
  void unwatch_ahead();
  [[nodiscard]] Until for_one_call(const Until& until) const;

  Client& client_;
  Session& session_;
  std::string name_;
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
