// How to reach a cluster: endpoints, TLS, accounts, times. Each member has a default: name only those that differ, as
// in Client::open({.endpoints = {"db:2379"}}).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "elect/error.h"

namespace elect {

struct TlsOptions {
  // Use TLS. It is also used for https:// endpoints, and if a CA or a certificate is given. Never for http://.
  bool enabled = false;
  std::string ca_file{};  // PEM; empty: the system's certificates.
  // The system's certificates. Empty: where Debian, RHEL, Alpine or SUSE keep them.
  std::string system_ca_file{};
  std::string system_ca_folders{};  // Separated by colons. Read in addition to the file.
  std::string certificate_file{};
  std::string key_file{};
  bool skip_verify = false;   // Accepts any server certificate. For tests.
  std::string server_name{};  // The name that the server's certificate must have. Empty: the endpoint's host.
};

struct ClientOptions {
  std::vector<std::string> endpoints{"127.0.0.1:2379"};  // host:port, [IPv6]:port, http://…, https://…, unix://path
  // A domain: its SRV records give the endpoints, and `endpoints` is ignored. Empty: not used.
  std::string discovery_srv{};
  std::string discovery_srv_name{};  // The name of one of several clusters in that domain.
  bool insecure_discovery = true;    // Also take endpoints without TLS. If false, certificates must be for the domain.
  TlsOptions tls{};
  std::string user{};  // Empty: no authentication.
  std::string password{};
  std::string auth_token{};  // A token (JWT) for authentication, instead of user and password.
  // How long to try to reach any endpoint.
  std::chrono::nanoseconds dial_timeout = std::chrono::seconds(2);
  // How long one call may take, with its retries.
  std::chrono::nanoseconds command_timeout = std::chrono::seconds(5);
  // An endpoint that is silent for this long is pinged. Less than 6 s counts as 6 s: etcd refuses more frequent pings.
  std::chrono::nanoseconds keepalive_time = std::chrono::seconds(2);
  // How long to wait for the answer to a ping.
  std::chrono::nanoseconds keepalive_timeout = std::chrono::seconds(6);
  std::function<void(std::string_view)> log{};  // Gets one line for each call and retry, from any thread. May be empty.
  // Called when observe(), observe_all(), watch() or watch_runs() cannot go on: no endpoint has answered for
  // command_timeout, or none could be reached for dial_timeout. Called with nullptr when they go on. Changes in between
  // are seen only then. The thread that called observe() etc. calls it. May be empty.
  std::function<void(const Error*)> on_outage{};
  // For a program that uses grpc nowhere else. In the whole process, this silences grpc's log (it repeats what the
  // errors say) and ends absl's search for deadlocks at every lock (5 % of a short call). If false, neither is changed.
  bool owns_grpc = false;
};

}  // namespace elect
