// A connection to an etcd cluster.
//
// Opening one does no I/O: the first call connects. Every call has a deadline, goes to the endpoint that answered last,
// and moves on to the next one where that one is dead, stopped, cut off or without a raft leader. All calls that change
// something are of a kind that is safe to repeat.
//
// A Client may be used by several threads at once. It must outlive what is made from it (sessions, elections). Opening
// one silences grpc's log, and the search for deadlocks of absl's mutexes, in the whole process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/names.h"

namespace elect {

struct TlsOptions {
  bool enabled = false;  // Also on for an endpoint that says https://, and where a CA or certificate is given.
  std::string ca_file;   // PEM; empty: the system's certificates.
  // Where the system's are. Empty: where Debian, RHEL, Alpine or SUSE keep them.
  std::string system_ca_file;
  std::string system_ca_folders;  // Separated by colons; read in addition to the file.
  std::string certificate_file;
  std::string key_file;
  bool skip_verify = false;  // Accepts any server certificate. For tests.
  std::string server_name;   // What the server's certificate has to be for; empty: its endpoint's host.
};

struct ClientOptions {
  std::vector<std::string> endpoints{"127.0.0.1:2379"};  // host:port, [IPv6]:port, http://…, https://…, unix://path
  // Not empty: the endpoints are those of this domain's SRV records, in place of `endpoints`.
  std::string discovery_srv;
  std::string discovery_srv_name;  // Of several clusters in that domain: the one of this name.
  bool insecure_discovery = true;  // Takes those without TLS, too. Otherwise certificates have to be for the domain.
  TlsOptions tls;
  std::string user;  // Empty: no authentication.
  std::string password;
  std::string token;  // A ready token (JWT), in place of user and password.
  // How long to try to reach any endpoint at all.
  std::chrono::nanoseconds dial_timeout = std::chrono::seconds(2);
  // How long one call may take in all, retries included.
  std::chrono::nanoseconds command_timeout = std::chrono::seconds(5);
  // Silence after which an endpoint is pinged; etcd refuses pings closer than 5 s, so less counts as 6 s.
  std::chrono::nanoseconds keepalive_time = std::chrono::seconds(2);
  // How long a ping may stay unanswered.
  std::chrono::nanoseconds keepalive_timeout = std::chrono::seconds(6);
  std::function<void(std::string_view)> log;  // Is told of calls and retries, one line each; any thread. May be empty.
};

// What the server says of itself with every answer.
struct Header {
  std::uint64_t cluster_id = 0;
  std::uint64_t member_id = 0;
  Revision revision = 0;
  std::uint64_t raft_term = 0;
};

struct LeaseStatus {
  LeaseId id = 0;
  std::chrono::seconds ttl{-1};  // Time left; negative: there is no such lease.
  std::chrono::seconds granted{0};
  std::vector<std::string> keys;
};

class Connection;  // The wire half's; see lib/wire/connection.h.

class Client {
 public:
  // With `discovery_srv` it asks DNS, within the dial timeout; Errc::unreachable where nothing is found there.
  // Errc::usage for endpoints, certificates or combinations that cannot work, Errc::system for unreadable files.
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(ClientOptions options);
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // One lease's time to live; `keys` asks for the keys attached to it too.
  [[nodiscard]] Result<LeaseStatus> time_to_live(LeaseId lease, bool keys = false, std::stop_token stop = {});

  // The same of many leases, in the order given, looked up with bounded concurrency.
  [[nodiscard]] Result<std::vector<LeaseStatus>> time_to_live(const std::vector<LeaseId>& leases, bool keys = false,
                                                              const std::stop_token& stop = {});

  // Ends a lease and deletes its keys, in one revision. False: there was no such lease.
  [[nodiscard]] Result<bool> revoke(LeaseId lease, const Until& until);

  // After an Errc::unreachable: why no endpoint can be reached, where TLS is the reason, as one line for people, with
  // the way out. Empty: that is not known. Takes no longer than the dial timeout, and looking up names.
  [[nodiscard]] std::string why_unreachable();

  [[nodiscard]] const ClientOptions& options() const { return options_; }

 private:
  friend class Connection;
  explicit Client(ClientOptions options);

  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace elect
