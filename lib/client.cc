#include "elect/client.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "elect/thread.h"
#include "wire/connection.h"
#include "wire/discovery.h"
#include "wire/under_way.h"

namespace elect {

namespace {
constexpr std::size_t kLookupsAtOnce = 16;
}

Client::Client(ClientOptions options) : options_(std::move(options)) {}
Client::~Client() = default;

Connection& Connection::of(Client& client) { return *client.connection_; }

Result<std::unique_ptr<Client>> Client::open(ClientOptions options, const Until& until) {
  if (!options.discovery_srv.empty()) {
    auto found = discover(options, until);
    if (!found) return std::unexpected(found.error());
    options.endpoints = *std::move(found);
    // Like etcd's own clients: the certificate must name the discovery domain. Not with insecure_discovery: a user who
    // accepts plain endpoints from DNS also trusts the host names from DNS.
    if (!options.insecure_discovery) options.tls.server_name = options.discovery_srv;
    options.discovery_srv.clear();
  }
  std::unique_ptr<Client> client(new Client(std::move(options)));
  auto connection = Connection::open(client->options_);
  if (!connection) return std::unexpected(connection.error());
  client->connection_ = *std::move(connection);
  return client;
}

Result<LeaseStatus> Client::time_to_live(LeaseId lease, bool keys, const Until& until) {
  etcdserverpb::LeaseTimeToLiveRequest request;
  request.set_id(lease);
  request.set_keys(keys);
  etcdserverpb::LeaseTimeToLiveResponse response;
  auto called = connection_->call(&etcdserverpb::Lease::Stub::LeaseTimeToLive, request, response,
                                  connection_->for_one_call(until));
  if (!called) return std::unexpected(called.error());
  LeaseStatus status{lease, std::chrono::seconds(response.ttl()), std::chrono::seconds(response.grantedttl()), {}};
  for (auto& key : *response.mutable_keys()) status.keys.push_back(std::move(key));
  return status;
}

Result<std::vector<LeaseStatus>> Client::time_to_live(const std::vector<LeaseId>& leases, bool keys,
                                                      const Until& until) {
  std::vector<LeaseStatus> statuses(leases.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::optional<Error> first_error;
  const auto work = [&] {
    for (std::size_t i = next++; i < leases.size() && !failed; i = next++) {
      if (auto status = time_to_live(leases[i], keys, until)) {
        statuses[i] = *std::move(status);
      } else {
        failed = true;
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = status.error();
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 1; i < std::min(kLookupsAtOnce, leases.size()); ++i) {
      auto worker = start_thread(work);
      if (!worker) break;  // The workers that have started do all of the work.
      workers.push_back(*std::move(worker));
    }
    work();
  }
  if (first_error) return std::unexpected(*first_error);
  return statuses;
}

Result<bool> Client::revoke(LeaseId lease, const Until& until) {
  etcdserverpb::LeaseRevokeRequest request;
  request.set_id(lease);
  etcdserverpb::LeaseRevokeResponse response;
  Attempt attempt;
  auto called = connection_->call(&etcdserverpb::Lease::Stub::LeaseRevoke, request, response, until, &attempt);
  if (called) return true;
  // The lease is not found. If the answer to an earlier try was lost, that try revoked it.
  if (called.error().code == Errc::lease_not_found) return attempt.maybe_applied;
  return std::unexpected(called.error());
}

std::optional<Error> Client::why_unreachable() {
  return connection_->why_unreachable(saturating_add(BootClock::now(), options_.dial_timeout));
}

std::chrono::nanoseconds Client::overdue() { return UnderWay::overdue(); }

}  // namespace elect
