#include "wire/under_way.h"

#include <algorithm>
#include <mutex>

namespace elect {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

struct Calls {
  std::mutex mutex;
  std::multiset<steady_clock::time_point> ends_by;
};

// Of the whole process. Never destroyed: a thread may look at them until the end.
Calls& calls() {
  static auto* all = new Calls;
  return *all;
}

}  // namespace

UnderWay::UnderWay(BootTime deadline) {
  const nanoseconds left = std::clamp<nanoseconds>(deadline - BootClock::now(), 0ns, 24h * 365);
  Calls& all = calls();
  const std::lock_guard lock(all.mutex);
  ends_by_ = all.ends_by.insert(steady_clock::now() + left);
}

UnderWay::~UnderWay() {
  Calls& all = calls();
  const std::lock_guard lock(all.mutex);
  all.ends_by.erase(ends_by_);
}

nanoseconds UnderWay::overdue() {
  Calls& all = calls();
  const std::lock_guard lock(all.mutex);
  if (all.ends_by.empty()) return 0ns;
  return std::max<nanoseconds>(steady_clock::now() - *all.ends_by.begin(), 0ns);
}

}  // namespace elect
