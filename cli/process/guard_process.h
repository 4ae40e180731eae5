// The guard's own process, and what is said over its socket (SOCK_SEQPACKET, one message each). See guard.h.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>

namespace cli {

// From electctl to the guard.
struct GuardOrder {
  enum Kind : std::uint8_t {
    deadline,  // `term_at` and `kill_at`, nanoseconds on CLOCK_BOOTTIME.
    run,       // Comes with descriptors (SCM_RIGHTS): a memory file, laid out as said at CommandImage, and perhaps one
               // that is to be kept open until CMD's group is gone.
    signal,    // `number` for CMD's group.
    stop,
    resume,  // electctl was stopped with CMD, and is continued.
  };
  Kind kind{};
  std::int32_t number = 0;
  std::int64_t term_at = 0;
  std::int64_t kill_at = 0;
};

// From the guard to electctl.
struct GuardReport {
  enum Kind : std::uint8_t {
    stopped,  // `number`: the signal that stopped it.
    refused,  // `number`: a descendant of CMD that may not be signalled; `user`: whose it is.
    ended,    // `number`: the exit code; `cause`, `error`, `unguarded`, `terminal_signal`. The last one.
  };
  Kind kind{};
  std::int32_t number = 0;
  std::int32_t cause = 0;            // An Ending::Cause.
  std::int32_t error = 0;            // The errno for which CMD could not be run; 0: it could.
  std::int32_t terminal_signal = 0;  // As Ending::terminal_signal.
  std::uint32_t user = 0;
  // Why CMD was not run: it could not be guarded, for lack of this; `error` says more.
  enum Lack : std::uint8_t { nothing, events, timer, holder, group } lack = nothing;
};

// CMD's arguments and its whole environment, so that the guard need not allocate: the number of arguments, then a table
// of offsets from the image's start (the arguments' ones, 0, the variables' ones, 0), then the strings, each ended by a
// NUL. The guard maps it and turns the offsets into pointers in place.
using CommandImage = std::uintptr_t[];

// What the forked process does, with every signal blocked. `electctl_group`: electctl's process group.
[[noreturn]] void run_guard(int socket, pid_t electctl_group, std::chrono::nanoseconds kill_after);

}  // namespace cli
