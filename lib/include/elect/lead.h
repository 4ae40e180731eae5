// Leading an election while some work is done: what a service needs, in one call.
//
//   const auto outcome = lead(session, election, "host-1", [](std::stop_token stop, const Candidate& self) {
//     while (!stop.stop_requested()) serve_one(self.create_revision);
//   });
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <variant>

#include "elect/candidacy.h"

namespace elect {

// The work of a leader. It runs in the thread that called lead(), and lead() waits for its end, however long that
// takes. `self` is the leader's own candidate. Its create revision is the fencing token. If the work throws, lead()
// withdraws and throws the same.
//
// `stop` tells the work to end:
// - 2/3 of the TTL after the last answered renewal was sent. Another candidate can lead after the whole TTL: what must
//   not run beside another leader has to end before that. session.validity() says when that is.
// - at once if leadership is lost: the lease is gone, or the key was deleted (resigned). Another may lead already.
// - at the caller's stop request.
// The stop is final: leadership is given up even if renewals are answered again.
using Work = std::function<void(std::stop_token stop, const Candidate& self)>;

struct WorkDone {};  // The work has ended, and the key still stood then.

// NotElected: the deadline came first, and the work did not run. Loss: the position in the queue was lost, and the work
// did not run; or leadership was lost while the work ran, or renewals were not answered for 2/3 of the TTL meanwhile.
using LeadOutcome = std::variant<WorkDone, Candidacy::NotElected, Loss>;

// Stands under the session's lease with `value`, waits in the queue, does the work while it leads, and withdraws. It
// withdraws by deleting the key. The session stays open and can stand again. A stop request does not interrupt the
// withdrawal, which is retried until the lease would have expired.
// If etcd has accounts, open the session with SessionOptions::readable_key: the stop at 2/3 of the TTL relies on it.
// until.deadline: how long to wait for leadership. until.stop: while it waits, ends with Errc::interrupted; while it
// works, tells the work to stop, and the outcome is WorkDone.
// Other errors: it could not stand or wait; or it could not find out any more whether it leads, and told the work to
// stop; or the work has ended and the key could not be deleted. After an error close the session: that removes the key.
// Runs one more thread during the work. Makes the calls of Candidacy::stand() and wait(), one watch, and one Txn to
// withdraw.
[[nodiscard]] Result<LeadOutcome> lead(Session& session, const Election& election, std::string value, const Work& work,
                                       const Until& until = {});

}  // namespace elect
