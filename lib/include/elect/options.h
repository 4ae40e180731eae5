// How to reach a cluster: endpoints, TLS, accounts, times.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace elect
