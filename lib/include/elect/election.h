// Leader election, in one queue with Go's clientv3/concurrency, etcdctl elect and the server's election service.
//
// An Election looks and acts from outside: who stands, who leads, ending or changing a candidacy by its key. One's own
// candidacy is in candidacy.h. An Election is small and may be copied; each is for one thread at a time. Functions that
// are passed in are called by the thread that waits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"
#include "elect/store.h"

namespace elect {

// What observe() tells.
struct Observation {
  enum class Type { elected, proclaimed, vacant, gap } type;
  Header header;           // Of the answer that brought it. For gap: empty.
  Revision revision;       // The revision that made it so; for a leader found at the start, its mod revision; for gap,
                           // the oldest that is to be had.
  Candidate leader;        // For vacant: the one whose term ended, if it was seen. For gap: empty.
  std::int64_t count = 0;  // How many stood when this leader came out of the queue; 0: it stood up in a vacancy.
  std::string election;    // Its name. For a gap that observe_all() tells: the prefix.
};

class Election {
 public:
  // Errc::usage: the name is empty.
  [[nodiscard]] static Result<Election> open(Client& client, std::string name);

  [[nodiscard]] Client& client() const { return *client_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // One call, of no more than the client's command_timeout; two of a revision that has been compacted. With limit 1:
  // the leader, if any.
  [[nodiscard]] Result<Snapshot> candidates(const Query& query = {}, const Until& until = {}) const;

  // Deletes that candidate's key, or with `revoke` its whole lease, only if it still is the candidate of that create
  // revision. False: it was not, and nothing was done.
  [[nodiscard]] Result<bool> end(const Candidate& candidate, bool revoke, const Until& until = {}) const;

  // Gives that candidate a new value, only if it still is the candidate of that create revision. False: it was not.
  [[nodiscard]] Result<bool> proclaim(const Candidate& candidate, const std::string& value,
                                      const Until& until = {}) const;

  // Every leader in order, each once: the present one first (or that nobody leads), then every change as it comes, over
  // reconnects. Where a compaction took away what may have been a change: a gap, then what has changed since what was
  // told last. (The leader told last leads still, with the same value: no gap, nothing was missed.) `tell` answers
  // whether to go on. Ends with success where it says no or the deadline came, with Errc::interrupted after a stop
  // request, otherwise with the error that could not be overcome. The first look at the election has the client's
  // command_timeout, whatever the deadline.
  // from: first tells the leader as of that revision, then what followed. Errc::compacted: that is no longer there.
  [[nodiscard]] Result<void> observe(Revision from, const std::function<bool(const Observation&)>& tell,
                                     const Until& until) const;

  // The whole queue: as it is, then after every change of it; changes that come together are told together, those
  // before a compaction that overtook it are not told. Otherwise as observe().
  [[nodiscard]] Result<void> watch(const std::function<bool(const Header&, const Queue&)>& tell,
                                   const Until& until) const;

 private:
  Election(Client& client, std::string name) : client_(&client), name_(std::move(name)) {}

  Client* client_;
  std::string name_;
};

}  // namespace elect
