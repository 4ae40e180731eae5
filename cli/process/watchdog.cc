#include "process/watchdog.h"

#include <unistd.h>

#include "elect/client.h"
#include "output.h"

namespace cli {

using namespace std::chrono_literals;

void Watchdog::look() {
  constexpr auto patience = 5s;
  constexpr int most_hung_looks = 3;
  const auto now = std::chrono::steady_clock::now();
  const auto since = now - last_look_;
  if (since < 1s) return;
  const bool held_up = since > 3s;
  last_look_ = now;
  hung_looks_ = held_up || elect::Client::overdue() < patience ? 0 : hung_looks_ + 1;
  if (hung_looks_ < most_hung_looks) return;
  say_error(
      "a call to etcd does not end; the system may have refused it a thread: "
      "raise ulimit -u, ulimit -v or the control group's pids.max");
  ::_exit(kError);
}

}  // namespace cli
