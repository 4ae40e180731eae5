// A connection to an etcd cluster.
//
// open() connects to no endpoint: the first call does. Every call has a deadline. It goes to the endpoint that answered
// last, and to the next one if that endpoint is dead, stopped, cut off or without a raft leader. All calls that change
// something are safe to repeat.
//
// Thread-safe. A Client must outlive what is made from it (sessions, elections). It changes nothing for other users of
// grpc in the same process, unless ClientOptions::owns_grpc is set.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"
#include "elect/store.h"

namespace elect {

class Connection;  // See lib/wire/connection.h.

class Client {
 public:
  // With `discovery_srv` it asks DNS, for at most the dial timeout and until `until`. Errc::unreachable: DNS names no
  // endpoint. Errc::usage: endpoints, certificates or a combination of options cannot work. Errc::system: a file cannot
  // be read.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(ClientOptions options, const Until& until = {});
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The time to live of one lease, with `keys` also the keys attached to it. Takes at most the client's
  // command_timeout, even if the deadline is later.
  [[nodiscard]] Result<LeaseStatus> time_to_live(LeaseId lease, bool keys = false, const Until& until = {});

  // The same for many leases, in the given order. Looks up several at once. command_timeout holds for each of them.
  [[nodiscard]] Result<std::vector<LeaseStatus>> time_to_live(const std::vector<LeaseId>& leases, bool keys = false,
                                                              const Until& until = {});

  // Ends a lease and deletes its keys, in one revision. False: there was no such lease.
  [[nodiscard]] Result<bool> revoke(LeaseId lease, const Until& until);

  // After an Errc::unreachable: why no endpoint can be reached, if TLS is the reason. nullopt: not known. Makes a TLS
  // handshake with each endpoint that was not silent, until one shows the reason. Takes at most the dial timeout.
  [[nodiscard]] std::optional<Error> why_unreachable();

  // How long a call in this process, of whichever client, is past its deadline; 0: none is. A call that stays overdue
  // has hung: the system has refused grpc a thread, and the call ignores its deadline. Time in which the machine sleeps
  // does not count. But in a process that was stopped, calls are overdue for a moment.
  [[nodiscard]] static std::chrono::nanoseconds overdue();

  [[nodiscard]] const ClientOptions& options() const { return options_; }

 private:
  friend class Connection;
  explicit Client(ClientOptions options);

  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace elect
