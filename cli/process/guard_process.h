// The guard's own process, and the messages on its socket (SOCK_SEQPACKET: one packet is one message). See guard.h.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>

namespace cli {

// From electctl to the guard.
struct GuardOrder {
  enum Kind : std::uint8_t {
    deadline,  // `term_at` and `kill_at`, in nanoseconds on CLOCK_BOOTTIME.
    run,       // Carries descriptors (SCM_RIGHTS): a memory file that holds a CommandImage, and optionally one that the
               // guard keeps open until CMD and its descendants are gone.
    signal,    // Send signal `number` to CMD's group.
    end_cmd,
    resume,  // electctl was stopped together with CMD, and now runs again.
  };
  Kind kind{};
  std::int32_t number = 0;
  std::int64_t term_at = 0;
  std::int64_t kill_at = 0;
};

// From the guard to electctl.
struct GuardReport {
  enum Kind : std::uint8_t {
    cmd_stopped,  // CMD was stopped. `number`: the signal that stopped it.
    refused,      // `number`: a descendant of CMD that cannot be signalled. `user`: its user.
    not_ending,   // `number`: a descendant of CMD that got SIGKILL and has not ended for a second.
    cmd_ended,    // `number`: the exit code. Also `cause`, `error`, `missing`, `terminal_signal`. The last message.
  };
  Kind kind{};
  std::int32_t number = 0;
  std::int32_t cause = 0;            // An Ending::Cause.
  std::int32_t error = 0;            // The errno that says why CMD could not be run. 0: it was run.
  std::int32_t terminal_signal = 0;  // See Ending::terminal_signal.
  std::uint32_t user = 0;
  // CMD was not run because the guard lacked this. `error` is the errno.
  enum Missing : std::uint8_t { nothing, events, timer, holder, group } missing = nothing;
};

// CMD's arguments and its whole environment, laid out so that the guard need not allocate. First the number of
// arguments. Then a table of offsets from the start of the image: one for each argument, 0, one for each variable, 0.
// Then the strings, each with a NUL at its end. The guard maps the image and turns the offsets into pointers in place.
using CommandImage = std::uintptr_t[];

// The main function of the forked process. Every signal is blocked. `electctl_group`: electctl's process group.
[[noreturn]] void run_guard(int socket, pid_t electctl_group, std::chrono::nanoseconds kill_after);

}  // namespace cli
