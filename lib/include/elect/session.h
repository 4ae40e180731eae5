// A session: a lease, and a thread that keeps it alive until the session is closed or lost.
//
// Validity is counted from when a renewal was *sent* (see validity.h). The first renewal is due a third of the TTL
// after the grant; each next one a third of the TTL later. A failed renewal is retried after a short pause. A
// session is lost when the server says that its lease is gone, or when 9/10 of the TTL have passed without a renewal
// that counts. A loss is final.
//
// lease(), owned(), ttl(), validity(), silence(), lost_token() and loss() are thread-safe. Only one thread may call
// close(). A session must outlive the candidacies under it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "elect/client.h"
#include "elect/validity.h"

namespace elect {

// Why a session, or a candidacy under it, was lost.
struct Loss {
  enum class Cause {
    lease_gone,   // Revoked, or expired at the server.
    no_answer,    // No renewal counted for 9/10 of the TTL (in lead(): 2/3). The lease counts as gone.
    key_deleted,  // The candidate's key was deleted: somebody resigned it, or it went with its lease.
    overtaken,    // Another candidate is in front of the leader: etcd was restored from a snapshot.
  } cause;
  std::string message;  // One line for people.
};

struct SessionOptions {
  std::chrono::seconds ttl{10};  // At least 1 s. The server may grant more. What it granted counts.
  LeaseId lease = 0;             // Use this existing lease. The session renews it and never revokes it.
  LeaseId grant_as = 0;          // Grant the lease under this ID, from random_lease(). 0: the session chooses an ID.
  // A key that the account may read, for example one below the election's prefix; it need not exist. The session reads
  // it after each renewal. So it notices that a raft leader answered that was deposed while it stood still: such a
  // renewal does not count. Only needed if etcd has accounts. If the account may not read it, each renewal counts.
  std::string readable_key{};

  // Called with the new validity after the grant and after each renewal that counts. The first call comes from open()'s
  // caller, the others from the session's thread. It must not block, and must not close or destroy the session. It is
  // not called after close() has returned.
  std::function<void(const Validity&)> on_renewed{};
};

// An ID for a lease that is not granted yet: 62 random bits, never 0.
[[nodiscard]] LeaseId random_lease();

class Session {
 public:
  // Grants a lease, or uses the existing one, and starts to renew it. If no answer came to the grant, etcd may have
  // granted it all the same. Then it is revoked, unless the caller chose its ID. That takes up to the client's
  // command_timeout more. Only `give_up` ends it sooner.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(Client& client, SessionOptions options, const Until& until,
                                                             const std::stop_token& give_up = {});

  // Stops the renewals. Does not revoke the lease: close() does.
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] LeaseId lease() const;
  [[nodiscard]] bool owned() const;                // This session granted the lease.
  [[nodiscard]] std::chrono::seconds ttl() const;  // As the server answered last.
  [[nodiscard]] Validity validity() const;

  // lost_token() fires only on loss; loss() then says why. loss() also reads the clock. So it is right even if this
  // process slept past the deadline and the session's thread has not run yet. A loss found in this way is final, too.
  [[nodiscard]] std::stop_token lost_token() const;
  [[nodiscard]] std::optional<Loss> loss() const;

  // For how long no renewal has been answered, and why. Text for people.
  [[nodiscard]] std::string silence() const;

  // Stops the renewals, and nothing else: the lease expires after its TTL. Call it before Candidacy::withdraw() if the
  // session does not go on.
  void stop_renewing();

  // Stops the renewals. Revokes the lease if this session granted it. Retries until the lease would have expired, or
  // until the deadline. Tries once if etcd said that the lease is gone. Does not retry if the account is no longer
  // accepted. An error means that the lease was not revoked (Errc::interrupted after a stop request). Idempotent.
  // validity() has no meaning afterwards.
  [[nodiscard]] Result<void> close(const Until& until = {});

 private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace elect
