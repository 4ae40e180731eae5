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

// What is done while leading. It runs in the thread that called lead(), and lead() waits for its end, however long that
// takes. `self` is the leader's own candidate; its create revision is the fencing token. What it throws, lead() throws,
// after it has withdrawn.
//
// `stop` tells it to end:
// - when 2/3 of the lease's TTL have passed since the last answered renewal was sent. Another can lead after the whole
//   TTL: what must not run beside another leader has to be back before that. session.deadline() gives the times;
// - at a loss (the lease is gone, the key was deleted: resigned), at once: another may lead already;
// - when the caller's stop token is triggered.
// It is never taken back: where renewals are answered again, leadership is given up all the same.
using Work = std::function<void(std::stop_token stop, const Candidate& self)>;

struct WorkDone {};  // The work is back, and the key still stood then.

// Loss: leadership was lost, or the work was told to stop because renewals were not answered; the work may have run or,
// where the place in the queue was lost, not. NotElected: the deadline came first; the work did not run.
using LeadOutcome = std::variant<WorkDone, Candidacy::NotElected, Loss>;

// Stands under the session's lease with `value`, waits in the queue, does the work while it leads, and withdraws: the
// key is deleted, the session is left open and can stand again. Withdrawing heeds no stop request; it is tried until
// the lease would have expired. until.deadline: how long to wait for leadership. until.stop: ends waiting with
// Errc::interrupted; while the work is done, tells it to stop, and the outcome is WorkDone. Other errors: it could not
// stand, or wait; it could not be known any more whether it leads, so that the work was told to stop; the work is done
// and the key could not be deleted. After an error close the session: that ends a key that is left. Starts one thread
// while the work is done, which has ended when lead() is back. Calls: those of Candidacy::stand() and wait(), one
// watch, one Txn to withdraw.
[[nodiscard]] Result<LeadOutcome> lead(Session& session, const Election& election, std::string value, const Work& work,
                                       const Until& until = {});

}  // namespace elect
