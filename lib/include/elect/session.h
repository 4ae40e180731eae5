// A session: a lease, and a thread of its own that keeps it alive until the session is closed or lost.
//
// Validity is counted from when a renewal was *sent* (see deadline.h). The lease is renewed from the grant on, every
// third of its TTL; one failed try is followed by another at once, on another endpoint where there are several. A
// session is lost when the server says that its lease is gone, or when 9/10 of the TTL have passed without an answer;
// a loss is final.
//
// lease(), owned(), ttl(), deadline(), lost_token() and loss() are thread-safe. close() is for one thread. A session
// must outlive the candidacies that stand under it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "elect/client.h"
#include "elect/deadline.h"

namespace elect {

// Why a session, or a candidacy that stands on it, is over.
struct Loss {
  enum class Cause {
    lease_gone,   // Revoked, or expired at the server.
    no_answer,    // Renewals stayed unanswered for so long that it must count as gone.
    key_deleted,  // The candidate's key was deleted (resigned by somebody else).
  } cause;
  std::string message;  // One line for people.
};

struct SessionOptions {
  std::chrono::seconds ttl{10};  // At least 1 s. The server may grant more; what it granted counts.
  LeaseId lease = 0;             // Stand on this existing lease: renewed while the session runs, never revoked.
  LeaseId grant_as = 0;  // Grant the lease under this ID, from random_lease(); 0: one of the session's own choice.

  // Called with the deadline after the grant and after each renewal, from the session's thread (the first time from
  // open()'s caller). Must not block, nor close or destroy the session. Not called any more once close() is back.
  std::function<void(const Deadline&)> on_renewed{};
};

// An ID for a lease that is not granted yet: 62 random bits, never 0.
[[nodiscard]] LeaseId random_lease();

class Session {
 public:
  // Grants a lease with an ID of its own choice, or takes up an existing one, and begins to renew it.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(Client& client, SessionOptions options,
                                                             const Until& until);

  // Stops renewing. Revokes nothing: that is close()'s.
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] LeaseId lease() const;
  [[nodiscard]] bool owned() const;                // Granted by this session, not an existing lease.
  [[nodiscard]] std::chrono::seconds ttl() const;  // As last answered by the server.
  [[nodiscard]] Deadline deadline() const;

  // Triggered by a loss alone; loss() then says why. loss() asks the clock, too: it answers rightly also where this
  // process has slept past the deadline and the session's thread has not run yet. A loss that it finds so is final.
  [[nodiscard]] std::stop_token lost_token() const;
  [[nodiscard]] std::optional<Loss> loss() const;

  // For how long no renewal has been answered, and why, in words for people.
  [[nodiscard]] std::string silence() const;

  // Ends renewal. Revokes the lease if it is the session's own and not known to be gone. Tries until the lease would
  // have expired, or until the deadline, unless the account is no longer accepted. An error: the lease was not revoked
  // (Errc::interrupted after a stop request). Idempotent. deadline() says nothing afterwards.
  [[nodiscard]] Result<void> close(const Until& until = {});

 private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace elect
