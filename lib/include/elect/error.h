// What can go wrong, as one value.
//
// An operation that can fail returns a Result: the outcome, or an Error. Expected outcomes (not elected in time, no
// leader) are no errors: they have types of their own.
//
// Programs decide by `code` only. `message` is for people: one line without a full stop that says what was wrong and,
// if possible, what to do. It may change between versions.
#pragma once

#include <expected>
#include <string>
#include <utility>

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

// What the caller can change about it. `message` does not name it: a program adds the name of its own option.
enum class Remedy {
  none,
  endpoints,           // ClientOptions::endpoints may be wrong.
  command_timeout,     // ClientOptions::command_timeout may be too short.
  serializable,        // Query::serializable reads from one member, which needs no majority.
  ca_file,             // TlsOptions::ca_file: the CA that issued the server's certificate.
  client_certificate,  // TlsOptions::certificate_file and key_file.
  user,                // ClientOptions::user and password, or auth_token.
  discovery_srv,       // ClientOptions::discovery_srv may be wrong.
  insecure_discovery,  // ClientOptions::insecure_discovery allows endpoints without TLS.
};

struct Error {
  Errc code;
  std::string message;
  std::string endpoint = {};  // The endpoint that caused it, as the caller wrote it. Empty: none did.
  Remedy remedy = Remedy::none;
};

// Whether a retry a little later may succeed.
[[nodiscard]] inline bool is_transient(Errc code) {
  return code == Errc::unreachable || code == Errc::unavailable || code == Errc::timeout;
}

// Whether etcd does not accept the account, or the account may not do this. A retry does not help.
[[nodiscard]] inline bool is_about_account(Errc code) {
  return code == Errc::unauthenticated || code == Errc::permission;
}

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message, std::string endpoint = {},
                                                 Remedy remedy = Remedy::none) {
  return std::unexpected(Error{code, std::move(message), std::move(endpoint), remedy});
}

// One line with the message and the endpoint, for people. Control characters are escaped: parts may come from a server.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace elect
