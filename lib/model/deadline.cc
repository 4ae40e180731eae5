#include "elect/deadline.h"

namespace elect {

Deadline::State Deadline::at(BootTime now) const {
  if (now >= lost_from()) return State::lost;
  return now >= uncertain_from() ? State::uncertain : State::sure;
}

void Deadline::renew(BootTime sent, std::chrono::nanoseconds ttl) {
  if (sent + ttl <= expiry()) return;
  sent_ = sent;
  ttl_ = ttl;
}

}  // namespace elect
