// Leader election. It shares the queue with Go's clientv3/concurrency, etcdctl elect and the server's election service.
//
// An Election works from outside: it lists candidates, observes leaders, and ends or changes a candidacy by its key.
// Your own candidacy is in candidacy.h. An Election is small and can be copied. One thread at a time may use each copy.
// The thread that waits calls the functions that are passed in.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"
#include "elect/store.h"

namespace elect {

// An event that observe() reports.
struct Observation {
  enum class Type { elected, proclaimed, vacant, gap } type;
  Header header;      // Of the answer that brought it. Empty for gap.
  Revision revision;  // When it changed. Leader found at the start: its mod revision. gap: the oldest in the store,
                      // or the present one of a store that was restored from a snapshot.
  Candidate leader;   // For vacant: the leader whose term ended, if it was seen. Empty for gap.
  // The number of candidates when this leader was elected. 0: it stood when there was no other, and led at once.
  std::int64_t count = 0;
  std::string election;  // Its name. For a gap from observe_all(): the prefix.
};

class Election {
 public:
  // Errc::usage: the name is empty.
  [[nodiscard]] static Result<Election> open(Client& client, std::string name);

  [[nodiscard]] Client& client() const { return *client_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // One call, limited by the client's command_timeout. Two calls for a revision that has been compacted. With limit 1:
  // the leader, if any.
  [[nodiscard]] Result<Snapshot> candidates(const Query& query = {}, const Until& until = {}) const;

  // Ends a candidacy: deletes the candidate's key, or with `revoke` revokes its lease, which deletes all keys of the
  // lease. Does so only if the key's create revision is still the same. False: it was not, and nothing was done.
  [[nodiscard]] Result<bool> resign(const Candidate& candidate, bool revoke = false, const Until& until = {}) const;

  // Gives the candidate a new value, only if its create revision is still the same. False: it was not, and nothing was
  // done.
  [[nodiscard]] Result<bool> proclaim(const Candidate& candidate, const std::string& value,
                                      const Until& until = {}) const;

  // Reports every leader in order, each once. The present leader (or that there is no leader) comes first, then every
  // change. Continues over reconnects. If a compaction, or a snapshot that was restored, may have hidden a change, it
  // reports a gap, and then what differs from its last report. If nobody has put the leader's key meanwhile, nothing
  // was missed, and there is no gap. `report` returns whether to continue. Success: `report` returned false, or the
  // deadline came. Errc::interrupted: after a stop request. Any other error could not be overcome. The first read of
  // the election is limited by the client's command_timeout, whatever the deadline. from: starts with the leader at
  // that revision, then reports what followed. Errc::compacted: that revision is gone.
  [[nodiscard]] Result<void> observe(Revision from, const std::function<bool(const Observation&)>& report,
                                     const Until& until) const;

  // Reports the whole queue: first as it is, then after every change. Changes that arrive together are reported
  // together. Changes before a compaction that overtook the watch are not reported. Otherwise like observe().
  [[nodiscard]] Result<void> watch(const std::function<bool(const Header&, const Queue&)>& report,
                                   const Until& until) const;

 private:
  Election(Client& client, std::string name) : client_(&client), name_(std::move(name)) {}

  Client* client_;
  std::string name_;
};

}  // namespace elect
