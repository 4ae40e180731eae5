// A connection to an etcd cluster.
//
// Opening one does no I/O: the first call connects. Every call has a deadline, goes to the endpoint that answered last,
// and moves on to the next one where that one is dead, stopped, cut off or without a raft leader. All calls that change
// something are of a kind that is safe to repeat.
//
// A Client may be used by several threads at once. It must outlive what is made from it (sessions, elections). It
// changes nothing for others that use grpc in the same process, unless it is told to: see ClientOptions::owns_grpc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"
#include "elect/store.h"

namespace elect {

class Connection;  // The wire half's; see lib/wire/connection.h.

class Client {
 public:
  // With `discovery_srv` it asks DNS, within the dial timeout and `until`; Errc::unreachable where nothing is found
  // there. Errc::usage for endpoints, certificates or combinations that cannot work, Errc::system for unreadable files.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(ClientOptions options, const Until& until = {});
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // One lease's time to live. `keys` asks for the keys attached to it, too. Takes the client's command_timeout at most,
  // also if the deadline is later. With many leases this holds for each of them.
  [[nodiscard]] Result<LeaseStatus> time_to_live(LeaseId lease, bool keys = false, const Until& until = {});

  // The same of many leases, in the order given, looked up with bounded concurrency.
  [[nodiscard]] Result<std::vector<LeaseStatus>> time_to_live(const std::vector<LeaseId>& leases, bool keys = false,
                                                              const Until& until = {});

  // Ends a lease and deletes its keys, in one revision. False: there was no such lease.
  [[nodiscard]] Result<bool> revoke(LeaseId lease, const Until& until);

  // After an Errc::unreachable: why no endpoint can be reached, where TLS is the reason. Nothing: that is not known.
  // Takes no longer than the dial timeout, and looking up names.
  [[nodiscard]] std::optional<Error> why_unreachable();

  [[nodiscard]] const ClientOptions& options() const { return options_; }

 private:
  friend class Connection;
  explicit Client(ClientOptions options);

  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace elect
