// What can go wrong, as one value.
//
// Every operation of the library returns a Result: the outcome, or an Error. Expected outcomes (not elected in time, no
// leader) are no errors: they have types of their own.
//
// Programs decide by `code` only. `message` is for people: one line without a full stop that says what was wrong and,
// if possible, what to do. It may change between versions.
#pragma once

#include <expected>
#include <string>

namespace elect {

enum class Errc {
  usage,            // The arguments are wrong. No server was asked.
  unreachable,      // No endpoint could be reached. The call may have taken effect if an earlier try was cut off.
  unavailable,      // Endpoints answer but cannot serve: no raft leader, overload, shutdown.
  timeout,          // An endpoint gave no answer in time. The call may have taken effect.
  interrupted,      // The caller requested a stop.
  lease_not_found,  // There is no such lease (any more).
  compacted,        // The revision was compacted: it is no longer in the store.
  future_revision,  // The store has not reached this revision yet.
  unauthenticated,  // User, password or token were not accepted.
  permission,       // The user lacks a permission.
  refused,          // etcd refuses for good: request too large, out of space, invalid.
  system,           // The operating system refused a file, a process, a thread or memory.
};

struct Error {
  Errc code;
  std::string message;
  std::string endpoint;  // The endpoint that caused it, as the caller wrote it. Empty: none did.
};

// Whether a retry a little later may succeed.
[[nodiscard]] inline bool is_transient(Errc code) {
  return code == Errc::unreachable || code == Errc::unavailable || code == Errc::timeout;
}

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message, std::string endpoint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(endpoint)});
}

// One line with the message and the endpoint, for people. Control characters are escaped: parts may come from a server.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace elect
