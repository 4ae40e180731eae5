#include "elect/thread.h"

#include <latch>
#include <vector>

namespace elect {

std::unexpected<Error> thread_refused(const std::error_code& why) {
  return fail(Errc::system, "the system refuses another thread (" + why.message() +
                                "): raise ulimit -u, ulimit -v or the control group's pids.max");
}

Result<void> try_threads(std::size_t count) {
  std::latch all_tried(1);
  std::vector<std::jthread> threads;  // Joined on every way out, after they were released.
  const struct ReleaseOnExit {
    std::latch& latch;
    ~ReleaseOnExit() { latch.count_down(); }
  } release{all_tried};
  threads.reserve(count);
  Result<void> outcome;
  while (outcome && threads.size() < count) {
    if (auto thread = start_thread([&all_tried] { all_tried.wait(); })) {
      threads.push_back(*std::move(thread));
    } else {
      outcome = std::unexpected(thread.error());
    }
  }
  return outcome;
}

}  // namespace elect
