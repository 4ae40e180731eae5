// Threads, which the system may refuse: ulimit -u, ulimit -v, the control group's pids.max.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

#include "elect/error.h"

namespace elect {

// The error for a thread that was refused.
[[nodiscard]] std::unexpected<Error> thread_refused(const std::error_code& why);

// Starts a thread that does `work`. Errc::system where the system refuses it.
template <typename Work>
[[nodiscard]] Result<std::jthread> start_thread(Work&& work) {
  try {
    return std::jthread(std::forward<Work>(work));
  } catch (const std::system_error& refused) {
    return thread_refused(refused.code());
  }
}

// Whether the system would let us have so many more threads at once: starts them, and waits for their end.
[[nodiscard]] Result<void> try_threads(std::size_t count);

}  // namespace elect
