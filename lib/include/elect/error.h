// What can go wrong, as one value.
//
// Every operation of the library answers with a Result: the outcome, or an Error. An outcome that is expected (not
// elected in time, no leader) is never an Error; it has a type of its own beside the operation.
//
// Decide by `code` alone. `message` is for people: one line without a full stop, that names what was wrong and, where
// there is one, the way out. It may change between versions.
#pragma once

#include <expected>
#include <string>

namespace elect {

enum class Errc {
  usage,            // The caller's arguments cannot work, whatever the server says.
  unreachable,      // No endpoint could be reached. Nothing was done, or it is not known whether it was.
  unavailable,      // Endpoints answer but cannot serve: no raft leader, overload, shutting down.
  timeout,          // An endpoint was reached and gave no answer in time. The call may have taken effect.
  interrupted,      // The caller's stop token was triggered.
  lease_not_found,  // There is no such lease, or no longer.
  compacted,        // That revision is no longer in the store.
  future_revision,  // That revision is not in the store yet.
  unauthenticated,  // User, password or token were not accepted.
  permission,       // This user may not do that.
  refused,          // The server says no for good: request too large, out of space, invalid.
  system,           // The operating system refused something: a file, a process, memory.
};

struct Error {
  Errc code;
  std::string message;
  std::string endpoint;  // The endpoint that said so, as the caller wrote it. Empty where none is to blame.
};

// Whether what failed so may succeed when it is tried again a little later.
[[nodiscard]] inline bool is_transient(Errc code) {
  return code == Errc::unreachable || code == Errc::unavailable || code == Errc::timeout;
}

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message, std::string endpoint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(endpoint)});
}

// The error as one line, with its endpoint: what follows "Error: " on a terminal. Control characters in it are
// escaped, since parts of it can come from a server.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace elect
