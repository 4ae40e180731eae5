#include "wire/connection.h"

#include <absl/synchronization/mutex.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "elect/duration.h"
#include "elect/text.h"
#include "wire/endpoint.h"
#include "wire/tls_diagnosis.h"

namespace elect {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kRetryPause = 100ms;  // Between two rounds of tries that failed at once.
constexpr auto kConnectStagger =
    250ms;                          // How long one endpoint may take to connect before the next is tried beside it.
constexpr auto kShortestTry = 1s;   // What a try gets at least, where several endpoints share a deadline.
constexpr auto kShortestPing = 6s;  // etcd ends connections that are pinged more often than every 5 s.

constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

int milliseconds_of(nanoseconds duration) {
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(duration / 1ms, 1, most));
}

Result<std::string> read_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (file) content << file.rdbuf();
  if (!file || !content) {
    return fail(Errc::system,
                fmt::format("cannot read the {} file '{}': {}", what, printable(path), std::strerror(errno)));
  }
  return std::move(content).str();
}

Result<std::shared_ptr<grpc::ChannelCredentials>> tls_credentials(const TlsOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return fail(Errc::usage,
                options.key_file.empty() ? "--cert needs --key beside it" : "--key needs --cert beside it");
  }
  grpc::SslCredentialsOptions pem;
  if (!options.certificate_file.empty()) {
    auto certificate = read_file(options.certificate_file, "certificate");
    if (!certificate) return std::unexpected(certificate.error());
    auto key = read_file(options.key_file, "key");
    if (!key) return std::unexpected(key.error());
    if (auto pair = check_client_certificate(options, *certificate, *key); !pair) return std::unexpected(pair.error());
    pem.pem_cert_chain = *std::move(certificate);
    pem.pem_private_key = *std::move(key);
  }
  if (options.skip_verify) {
    grpc::experimental::TlsChannelCredentialsOptions tls;
    tls.set_verify_server_certs(false);
    tls.set_check_call_host(false);
    tls.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
    if (!pem.pem_cert_chain.empty()) {
      tls.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
          std::vector{grpc::experimental::IdentityKeyCertPair{pem.pem_private_key, pem.pem_cert_chain}}));
      tls.watch_identity_key_cert_pairs();
    }
    return grpc::experimental::TlsCredentials(tls);
  }
  const std::string roots_file = options.ca_file.empty() ? kSystemCertificates : options.ca_file;
  auto roots = read_file(roots_file, "CA");
  if (!roots) return std::unexpected(roots.error());
  if (auto some = check_authorities(roots_file, *roots); !some) return std::unexpected(some.error());
  pem.pem_root_certs = *std::move(roots);
  return grpc::SslCredentials(pem);
}

// etcd's own words for what its status codes do not tell apart.
constexpr std::string_view kAccountsChanged = "etcdserver: revision of auth store is old";
constexpr std::string_view kNoUser = "etcdserver: user name is empty";
constexpr std::string_view kNoAccounts = "etcdserver: authentication is not enabled";
constexpr std::string_view kWrongPassword = "etcdserver: authentication failed";

// grpc's own words for a stream that ended without a status: something between here and etcd broke it off.
bool lacks_status(const grpc::Status& status) {
  return status.error_code() == grpc::UNKNOWN &&
         (status.error_message() == "Stream removed" || status.error_message() == "No status received");
}

constexpr int kMostTokens = 5;  // In one call: accounts may be changed faster than it can follow.

bool worth_another_try(const grpc::Status& status) {
  return status.error_code() == grpc::UNAVAILABLE || status.error_code() == grpc::INTERNAL ||
         status.error_code() == grpc::DEADLINE_EXCEEDED || lacks_status(status) ||
         (status.error_code() == grpc::RESOURCE_EXHAUSTED &&
          status.error_message().starts_with("etcdserver: too many requests"));
}

// What is behind a colon may have been meant as a password.
std::string shown_user(const ClientOptions& options) {
  return printable(std::string_view(options.user).substr(0, options.user.find(':')));
}

// The way out of an account that was not accepted.
std::string way_to_account(const ClientOptions& options) {
  if (!options.token.empty()) return "; the token may have expired, or accounts were changed since: get another one";
  if (options.user.empty()) return "; accounts are enabled here: give --user";
  return fmt::format(" (user '{}')", shown_user(options));
}

// Where grpc runs out of descriptors while it makes a connection, it aborts the process.
bool descriptors_left() {
  constexpr std::size_t kForConnection = 8;
  std::array<int, kForConnection> probes{};
  probes.fill(-1);
  for (int& probe : probes) probe = ::eventfd(0, EFD_CLOEXEC);
  const bool left = probes.back() >= 0;
  for (const int probe : probes) {
    if (probe >= 0) ::close(probe);
  }
  return left;
}

// For grpc. Not on the wall clock, as is usual with it: that may jump before grpc has counted how long is left.
gpr_timespec monotonic(BootTime deadline) {
  const nanoseconds left = std::min<nanoseconds>(deadline - BootClock::now(), 24h * 365);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN));
}

bool is_ready(const Link& link) { return link.channel->GetState(false) == GRPC_CHANNEL_READY; }

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ClientOptions& options) {
  if (options.endpoints.empty()) return fail(Errc::usage, "no endpoint given: set --endpoints or ETCDCTL_ENDPOINTS");
  // What grpc has to say comes with its status, too; on standard error it would be between our own lines.
  gpr_set_log_function([](gpr_log_func_args*) {});
  // Debian's build of grpc's mutexes looks for deadlocks at every lock: 5 % of a short command's instructions.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::unique_ptr<Connection> connection(new Connection(options));
  const TlsOptions& tls = options.tls;
  const bool tls_for_all = tls.enabled || !tls.ca_file.empty() || !tls.certificate_file.empty();
  for (const std::string& text : options.endpoints) {
    const auto endpoint = parse_endpoint(text);
    if (!endpoint) return std::unexpected(endpoint.error());
    const bool secure = endpoint->tls || (tls_for_all && !endpoint->plain);
    if (secure && !connection->tls_) {
      auto credentials = tls_credentials(tls);
      if (!credentials) return std::unexpected(credentials.error());
      connection->tls_ = *std::move(credentials);
    }
    connection->links_.push_back(std::make_shared<Link>(Link{text, endpoint->target, secure, nullptr, {}}));
  }
  if (connection->links_.size() > 1) connection->at_ = std::random_device{}() % connection->links_.size();
  return connection;
}

// Channels are made when they are first used: making one costs, and most runs need one only.
// Few arguments, and few of grpc's filters: both cost at every channel.
void Connection::connect(Link& link) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, milliseconds_of(options_.dial_timeout));
  if (links_.size() > 1) arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  if (!options_.tls.server_name.empty())
    arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, options_.tls.server_name);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   milliseconds_of(std::max<nanoseconds>(options_.keepalive_time, kShortestPing)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds_of(options_.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Tries are counted here. grpc's own also abort the process where a stream ends without a status.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A new channel is a new connection.
  // No idle timeout, no compression, no limit to a message's size; deadlines are wanted.
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  link.channel =
      grpc::CreateCustomChannel(link.target, link.secure ? tls_ : grpc::InsecureChannelCredentials(), arguments);
}

Result<std::shared_ptr<Link>> Connection::current(const Until& until) {
  std::vector<std::shared_ptr<Link>> order;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      auto& link = links_[(at_ + i) % links_.size()];
      if (!link->channel) {
        if (!descriptors_left()) {
          return fail(Errc::system, "no file descriptor is left for a connection: see ulimit -n", link->endpoint);
        }
        connect(*link);
      }
      order.push_back(link);
      if (settled_ || links_.size() == 1) return link;
    }
  }
  // Connects to one after the other, each a little after the one before it, until one is there.
  const auto give_up = std::min(until.deadline.value_or(BootTime::max()), BootClock::now() + options_.dial_timeout);
  std::shared_ptr<Link> first;
  for (std::size_t started = 0; !first && BootClock::now() < give_up && !until.stop.stop_requested();) {
    started = std::min(started + 1, order.size());
    const auto& newest = order[started - 1];
    auto state = newest->channel->GetState(true);
    const auto patience = started < order.size() ? nanoseconds(kConnectStagger) : nanoseconds(10ms);
    const auto stagger = monotonic(std::min(give_up, BootClock::now() + patience));
    while ((state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) &&
           newest->channel->WaitForStateChange(state, stagger)) {
      state = newest->channel->GetState(true);
    }
    const auto ready = std::find_if(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(started),
                                    [](const auto& link) { return is_ready(*link); });
    if (ready != order.end() && ready != order.begin() + static_cast<std::ptrdiff_t>(started)) first = *ready;
    // All have failed at once: leave it to the caller to pause.
    if (started == order.size() && !first && std::ranges::all_of(order, [](const auto& link) {
          return link->channel->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE;
        })) {
      break;
    }
  }
  if (!first) return order.front();
  const std::lock_guard lock(mutex_);
  if (const auto found = std::ranges::find(links_, first); found != links_.end()) {
    at_ = static_cast<std::size_t>(found - links_.begin());
    settled_ = true;
  }
  return first;
}

void Connection::leave(const std::shared_ptr<Link>& link) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(links_, link);
    if (found == links_.end()) return;
    *found = std::make_shared<Link>(Link{link->endpoint, link->target, link->secure, nullptr, {}});
    if (links_[at_] == *found) {
      at_ = (at_ + 1) % links_.size();
      settled_ = false;
    }
  }
  log(fmt::format("leaving {}", link->endpoint));
  link->left.request_stop();
}

Result<Connection::Token> Connection::authenticate(grpc::ClientContext& context, const Link& link, const Until& until) {
  Token token = options_.token;
  if (token.empty() && !options_.user.empty()) {
    auto fetched = token_for_user(link, until);
    if (!fetched) return fetched;
    token = *std::move(fetched);
  }
  if (!token.empty()) context.AddMetadata("token", token);
  return token;
}

Result<Connection::Token> Connection::token_for_user(const Link& link, const Until& until) {
  {
    const std::lock_guard lock(mutex_);
    if (token_) return *token_;
  }
  grpc::ClientContext context;
  const BootTime deadline = until.deadline.value_or(BootClock::now() + options_.command_timeout);
  context.set_deadline(monotonic(deadline));
  const std::stop_callback cancel(until.stop, [&context] { context.TryCancel(); });
  etcdserverpb::AuthenticateRequest request;
  request.set_name(options_.user);
  request.set_password(options_.password);
  etcdserverpb::AuthenticateResponse response;
  etcdserverpb::Auth::Stub stub(link.channel);
  const grpc::Status status = stub.Authenticate(&context, request, &response);
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  log(fmt::format("authentication of '{}' at {}: {}", shown_user(options_), link.endpoint,
                  status.ok() ? "ok" : printable(status.error_message())));
  // As etcdctl does: where there are no accounts, none is needed.
  const bool no_accounts = status.error_message().starts_with(kNoAccounts);
  if (!status.ok() && !no_accounts) return std::unexpected(error_from(status, "authentication", link));
  const std::lock_guard lock(mutex_);
  token_ = response.token();
  return *token_;
}

bool Connection::forget_token(const Token& refused) {
  if (options_.user.empty()) return false;
  const std::lock_guard lock(mutex_);
  if (token_ == refused) token_.reset();
  return true;
}

bool Connection::is_stale_token(const grpc::Status& status) const {
  return status.error_code() == grpc::UNAUTHENTICATED || status.error_message().starts_with(kAccountsChanged) ||
         (!options_.user.empty() && status.error_message().starts_with(kNoUser));
}

// A write and a read that one Txn needs both are told apart by trying the read alone.
void Connection::explain_denial(Error& error, const Needs& needs, const Until& until) {
  const KeySpan* denied = nullptr;
  for (const KeySpan& range : needs.read) {
    bool allowed = false;
    if (!needs.write.empty()) {
      etcdserverpb::RangeRequest request;
      request.set_key(range.key);
      request.set_range_end(range.range_end);
      request.set_count_only(true);
      etcdserverpb::RangeResponse response;
      const auto once = [&](const Link& link, grpc::ClientContext& context) {
        return etcdserverpb::KV::Stub(link.channel).Range(&context, request, &response);
      };
      const auto called = run("Range", once, until);
      allowed = called || called.error().code != Errc::permission;
    }
    if (!allowed) denied = &range;
    if (!allowed) break;
  }
  const bool write = denied == nullptr;
  if (write && !needs.write.empty()) denied = &needs.write.front();
  if (denied == nullptr) return;
  const std::string user = !options_.user.empty()    ? fmt::format("user '{}'", shown_user(options_))
                           : !options_.token.empty() ? "the user of this token"
                                                     : "the user that this client's certificate names";
  error.message = missing_permission(user, write, *denied, needs);
}

std::string Connection::why_unreachable(BootTime deadline) {
  std::vector<std::shared_ptr<Link>> links;
  {
    const std::lock_guard lock(mutex_);
    links = links_;
  }
  for (const auto& link : links) {
    const std::string why = why_tls_fails(link->target, link->secure, options_.tls, deadline);
    if (!why.empty()) return describe({Errc::unreachable, why, link->endpoint});
  }
  return {};
}

Result<void> Connection::run(const std::string& what, const Once& once, const Until& until, Attempt* attempt,
                             std::optional<nanoseconds> try_limit) {
  const BootTime begun = BootClock::now();
  const BootTime deadline = until.deadline.value_or(begun + options_.command_timeout);
  const auto endpoints = static_cast<int>(options_.endpoints.size());
  bool reached = false;
  int tokens_refused = 0;
  std::optional<Error> telling;
  for (int tries = 1;; ++tries) {
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    const auto found = current({until.stop, deadline});
    if (!found) return std::unexpected(found.error());
    const std::shared_ptr<Link>& link = *found;
    grpc::ClientContext context;
    const BootTime sent = BootClock::now();
    BootTime try_deadline = deadline;
    if (try_limit) {
      try_deadline = std::min(deadline, sent + *try_limit);
    } else if (tries < endpoints) {
      try_deadline =
          std::min(deadline, sent + std::max<nanoseconds>(kShortestTry, (deadline - sent) / (endpoints - tries + 1)));
    }
    context.set_deadline(monotonic(try_deadline));
    const auto token = authenticate(context, *link, {until.stop, try_deadline});
    if (!token && token.error().code != Errc::unavailable && token.error().code != Errc::timeout) {
      return std::unexpected(token.error());
    }
    grpc::Status status(grpc::UNAVAILABLE, token ? "" : token.error().message);
    if (token) {
      const std::stop_callback cancel(until.stop, [&context] { context.TryCancel(); });
      status = once(*link, context);
    }
    log(fmt::format("{} to {}: {} in {}", what, link->endpoint, status.ok() ? "ok" : printable(status.error_message()),
                    format_duration(std::chrono::round<std::chrono::microseconds>(BootClock::now() - sent))));
    if (attempt != nullptr) attempt->sent = sent;
    if (status.ok()) return {};
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    if (is_stale_token(status) && ++tokens_refused < kMostTokens && forget_token(*token)) continue;
    // One that is no etcd says nothing about the others.
    const bool others_left = status.error_code() == grpc::UNIMPLEMENTED && tries < endpoints;
    if (!worth_another_try(status) && !others_left) return std::unexpected(error_from(status, what, *link));

    reached = reached || is_ready(*link);
    if (attempt != nullptr) attempt->repeated = true;
    leave(link);
    const BootTime now = BootClock::now();
    if (!reached && (now >= deadline || now - begun >= options_.dial_timeout)) {
      return fail(Errc::unreachable,
                  fmt::format("no endpoint could be reached within {}: {}; is etcd running, and is --endpoints right?",
                              format_duration(std::min<nanoseconds>(options_.dial_timeout, deadline - begun)),
                              status.error_message()),
                  all_endpoints());
    }
    // That the last try had too little time left says less than what became of one before it.
    if (status.error_code() != grpc::DEADLINE_EXCEEDED) telling = error_from(status, what, *link);
    if (now >= deadline) return std::unexpected(telling.value_or(error_from(status, what, *link)));
    if (tries % endpoints == 0) pause_for(std::min<nanoseconds>(kRetryPause, deadline - now), until.stop);
  }
}

Error Connection::error_from(const grpc::Status& status, const std::string& what, const Link& link) const {
  const std::string& text = status.error_message();
  const auto error = [&](Errc code, std::string message) { return Error{code, std::move(message), link.endpoint}; };
  if (is_stale_token(status) || text.starts_with(kNoUser) || text.starts_with(kWrongPassword)) {
    return error(Errc::unauthenticated, text + way_to_account(options_));
  }
  switch (status.error_code()) {
    case grpc::UNAVAILABLE:
      return error(Errc::unavailable, text);
    case grpc::DEADLINE_EXCEEDED:
      return error(Errc::timeout, fmt::format("no answer to {} in time; see --command-timeout", what));
    case grpc::CANCELLED:
      return error(Errc::unavailable, fmt::format("the call was cancelled: {}", text));
    case grpc::NOT_FOUND:
      return error(Errc::lease_not_found, text);
    case grpc::OUT_OF_RANGE:
      return error(text.find("future") != std::string::npos ? Errc::future_revision : Errc::compacted, text);
    case grpc::PERMISSION_DENIED:
      return error(Errc::permission, fmt::format("{} (user '{}', {})", text, shown_user(options_), what));
    case grpc::UNIMPLEMENTED:
      return error(Errc::refused, fmt::format("this server is not an etcd with the v3 API: {}", text));
    case grpc::RESOURCE_EXHAUSTED:
      if (text.find("larger than max") != std::string::npos) {
        return error(Errc::refused, fmt::format("the request is too large for the server: {}", text));
      }
      if (text.find("database space exceeded") != std::string::npos) {
        return error(Errc::refused,
                     fmt::format("{}: compact and defragment the store, then etcdctl alarm disarm", text));
      }
      [[fallthrough]];
    default:
      return error(Errc::refused,
                   text.empty() ? fmt::format("grpc status {}", static_cast<int>(status.error_code())) : text);
  }
}

std::string Connection::all_endpoints() const { return fmt::format("{}", fmt::join(options_.endpoints, ",")); }

}  // namespace elect
