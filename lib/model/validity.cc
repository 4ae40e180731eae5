#include "elect/validity.h"

namespace elect {

Validity::State Validity::at(BootTime now) const {
  if (now >= lost_from()) return State::lost;
  return now >= uncertain_from() ? State::uncertain : State::sure;
}

void Validity::renew(BootTime sent, std::chrono::nanoseconds ttl) {
  if (sent + ttl <= expiry()) return;
  sent_ = sent;
  ttl_ = ttl;
}

}  // namespace elect
