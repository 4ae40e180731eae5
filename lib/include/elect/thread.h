// Starts threads. The system may refuse them: ulimit -u, ulimit -v, pids.max of the control group.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

#include "elect/error.h"

namespace elect {

// The error for a refused thread.
[[nodiscard]] std::unexpected<Error> thread_refused(const std::error_code& why);

// Starts a thread that runs `work`. Errc::system: the system refused it.
template <typename Work>
[[nodiscard]] Result<std::jthread> start_thread(Work&& work) {
  try {
    return std::jthread(std::forward<Work>(work));
  } catch (const std::system_error& refused) {
    return thread_refused(refused.code());
  }
}

// Checks that the system allows this many more threads at once: starts them and waits until they end.
[[nodiscard]] Result<void> try_threads(std::size_t count);

}  // namespace elect
