// How sure a lease holder may be that it still holds, from local knowledge alone.
//
// The server counts a lease's TTL from when it handled the renewal, which is never before the client sent it. So the
// time a renewal was *sent*, plus the TTL that the server *answered*, is when the lease can end at the earliest. The
// fractions leave room for stopping what depends on the lease before that: README, "How leadership ends".
// Pure; the clock's reading is passed in.
#pragma once

#include <chrono>

#include "elect/clock.h"

namespace elect {

class Deadline {
 public:
  enum class State {
    sure,       // Nobody else can hold: less than 2/3 of the TTL has passed since the renewal was sent.
    uncertain,  // From 2/3 on: renewals fail; begin to stop what depends on the lease.
    lost,       // From 9/10 on: act as if it were lost.
  };

  Deadline() = default;  // Lost from the beginning.
  Deadline(BootTime sent, std::chrono::nanoseconds ttl) : sent_(sent), ttl_(ttl) {}

  [[nodiscard]] State at(BootTime now) const;
  [[nodiscard]] BootTime uncertain_from() const { return sent_ + ttl_ / 3 * 2; }
  [[nodiscard]] BootTime lost_from() const { return sent_ + ttl_ / 10 * 9; }
  [[nodiscard]] BootTime expiry() const { return sent_ + ttl_; }
  [[nodiscard]] std::chrono::nanoseconds ttl() const { return ttl_; }

  // Keeps whichever promise reaches further: answers may arrive out of order.
  void renew(BootTime sent, std::chrono::nanoseconds ttl);

 private:
  BootTime sent_{};
  std::chrono::nanoseconds ttl_{0};
};

}  // namespace elect
