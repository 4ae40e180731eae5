// The validity of a lease: how long it certainly lives, judged by the local clock alone.
//
// The server counts the TTL from when it handles a renewal. That is never before the client sent it. So the lease
// cannot end before the time at which the renewal was *sent* plus the TTL that the server *answered*. That holds for a
// renewal that counts: see SessionOptions::readable_key. The fractions 2/3 and 9/10 leave time to stop what depends on
// the lease. Pure: the caller passes the time in.
#pragma once

#include <chrono>

#include "elect/clock.h"

namespace elect {

class Validity {
 public:
  enum class State {
    sure,       // Less than 2/3 of the TTL has passed since the renewal was sent. Nobody else can lead.
    uncertain,  // From 2/3 on. Renewals fail: start to stop what depends on the lease.
    lost,       // From 9/10 on. Treat the lease as expired.
  };

  Validity() = default;  // Already lost.
  Validity(BootTime sent, std::chrono::nanoseconds ttl) : sent_(sent), ttl_(ttl) {}

  [[nodiscard]] State at(BootTime now) const;
  [[nodiscard]] BootTime uncertain_from() const { return sent_ + ttl_ / 3 * 2; }
  [[nodiscard]] BootTime lost_from() const { return sent_ + ttl_ / 10 * 9; }
  [[nodiscard]] BootTime expiry() const { return sent_ + ttl_; }
  [[nodiscard]] std::chrono::nanoseconds ttl() const { return ttl_; }

  // Ignores a renewal that would expire earlier: answers may arrive out of order.
  void renew(BootTime sent, std::chrono::nanoseconds ttl);

 private:
  BootTime sent_{};
  std::chrono::nanoseconds ttl_{0};
};

}  // namespace elect
