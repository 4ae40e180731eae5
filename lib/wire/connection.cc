#include "wire/connection.h"

#include <absl/synchronization/mutex.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <limits>
#include <random>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "elect/duration.h"
#include "elect/text.h"
#include "elect/thread.h"
#include "wire/convert.h"
#include "wire/credentials.h"
#include "wire/endpoint.h"
#include "wire/status.h"
#include "wire/tls_diagnosis.h"
#include "wire/under_way.h"

namespace elect {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kRetryPause = 100ms;      // After each endpoint was tried once.
constexpr auto kConnectStagger = 250ms;  // How long one endpoint may take to connect before the next one is tried, too.
constexpr auto kPollOthers = 10ms;
constexpr auto kCertificateLifetime = 1s;  // The files are read at most once in this time.
constexpr auto kTimeToAnswer = 250ms;      // An endpoint that gives no answer for this long is left.
constexpr auto kShortestTry = 1s;          // The least time of one try when several endpoints share a deadline.
constexpr int kMostAuthTokens = 5;         // Tokens that one call may fetch. Accounts may change all the time.
constexpr auto kShortestPing = 6s;         // etcd ends connections that are pinged more often than every 5 s.

int milliseconds_of(nanoseconds duration) {
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(duration / 1ms, 1, most));
}

// If the system refuses threads to grpc, its calls hang and ignore their deadlines. It starts six for a call and works
// with two.
constexpr std::size_t kThreadsOfGrpc = 4;

// Tried once a process: after the first call grpc has its threads.
Result<void> threads_left() {
  static std::atomic<bool> had = false;
  if (had) return {};
  auto tried = try_threads(kThreadsOfGrpc);
  had = tried.has_value();
  return tried;
}

// grpc aborts the process if it runs out of file descriptors while it connects.
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

// A deadline for grpc, on the monotonic clock. The usual wall clock may jump before grpc computes the remaining time.
gpr_timespec monotonic(BootTime deadline) {
  const nanoseconds left = std::min<nanoseconds>(deadline - BootClock::now(), 24h * 365);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN));
}

bool is_ready(const Link& link) { return link.channel->GetState(false) == GRPC_CHANNEL_READY; }

// Whether the server may have received a call that ended with this status. It cannot have if there was no connection:
// grpc says so in its message, or the call timed out or was cancelled before the channel was connected.
bool may_have_been_sent(const grpc::Status& status, bool was_ready, const Link& link) {
  if (status.error_code() == grpc::UNAVAILABLE) {
    return !status.error_message().starts_with("failed to connect to all addresses") &&
           !status.error_message().starts_with("DNS resolution failed");
  }
  if (status.error_code() != grpc::DEADLINE_EXCEEDED && status.error_code() != grpc::CANCELLED) return true;
  const auto state = link.channel->GetState(false);
  return was_ready || (state != GRPC_CHANNEL_CONNECTING && state != GRPC_CHANNEL_TRANSIENT_FAILURE);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ClientOptions& options) {
  if (options.endpoints.empty()) return fail(Errc::usage, "no endpoint is given", {}, Remedy::endpoints);
  if (auto left = threads_left(); !left) return std::unexpected(left.error());
  if (options.owns_grpc) {
    gpr_set_log_function([](gpr_log_func_args*) {});
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  }
  std::unique_ptr<Connection> connection(new Connection(options));
  const TlsOptions& tls = options.tls;
  const bool tls_for_all = tls.enabled || !tls.ca_file.empty() || !tls.certificate_file.empty();
  for (const std::string& text : options.endpoints) {
    const auto endpoint = parse_endpoint(text);
    if (!endpoint) return std::unexpected(endpoint.error());
    const bool secure = endpoint->tls || (tls_for_all && !endpoint->plain);
    if (secure && !connection->tls_credentials_) {
      auto credentials = tls_credentials(tls);
      if (!credentials) return std::unexpected(credentials.error());
      connection->tls_credentials_ = *std::move(credentials);
      connection->tls_read_at_ = BootClock::now();
    }
    connection->links_.push_back(std::make_shared<Link>(Link{text, endpoint->target, secure, nullptr, {}}));
  }
  if (connection->links_.size() > 1) connection->current_ = std::random_device{}() % connection->links_.size();
  return connection;
}

// A channel is made at its first use: most runs need only one. It gets few arguments and few of grpc's filters, because
// each takes time at every start.
void Connection::connect(Link& link) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, milliseconds_of(options_.dial_timeout));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, milliseconds_of(kRetryPause));
  if (links_.size() > 1) arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  if (!options_.tls.server_name.empty())
    arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, options_.tls.server_name);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   milliseconds_of(std::max<nanoseconds>(options_.keepalive_time, kShortestPing)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds_of(options_.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Retries are made by run(). grpc's own retries abort the process if a stream ends without a status.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A new channel is a new connection.
  // No idle timeout, no compression, no size limit of messages. Deadlines are switched on again.
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  link.channel = grpc::CreateCustomChannel(
      link.target, link.secure ? current_credentials() : grpc::InsecureChannelCredentials(), arguments);
}

// Certificates may be replaced while the program runs. If the files cannot be used (somebody may be writing them), the
// old certificates are used for this connection, and the files are read again for the next one.
std::shared_ptr<grpc::ChannelCredentials> Connection::current_credentials() {
  const BootTime now = BootClock::now();
  if (now - tls_read_at_ < kCertificateLifetime) return tls_credentials_;
  tls_read_at_ = now;
  if (auto read = tls_credentials(options_.tls)) {
    tls_credentials_ = *std::move(read);
  } else {
    log(fmt::format("the certificates could not be read again: {}", describe(read.error())));
  }
  return tls_credentials_;
}

Result<std::shared_ptr<Link>> Connection::current(const Until& until) {
  std::vector<std::shared_ptr<Link>> order;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      auto& link = links_[(current_ + i) % links_.size()];
      if (!link->channel) {
        if (!descriptors_left()) {
          return fail(Errc::system, "no file descriptor is left for a connection: raise ulimit -n", link->endpoint);
        }
        connect(*link);
      }
      order.push_back(link);
      if (current_chosen_ || links_.size() == 1) return link;
    }
  }
  // Connect to one endpoint after the other. Start the next one after kConnectStagger, or as soon as all before failed.
  const BootTime give_up_at =
      std::min(until.deadline.value_or(BootTime::max()), saturating_add(BootClock::now(), options_.dial_timeout));
  std::shared_ptr<Link> first;
  std::size_t started = 0;
  BootTime next_start{};
  while (!first && !until.stop.stop_requested()) {
    const BootTime now = BootClock::now();
    if (now >= give_up_at) break;
    const auto failed = [this](const auto& link) {
      const bool has_failed = link->channel->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE;
      if (has_failed) note_reaction(*link);
      return has_failed;
    };
    if (std::ranges::all_of(std::span(order).first(started), failed)) {
      if (started == order.size()) break;  // All failed. The caller pauses before it tries again.
      next_start = now;
    }
    if (started < order.size() && now >= next_start) {
      (void)order[started++]->channel->GetState(true);
      next_start = now + kConnectStagger;
    }
    const auto tried = std::span(order).first(started);
    const auto ready = std::ranges::find_if(tried, [](const auto& link) { return is_ready(*link); });
    if (ready != tried.end()) {
      first = *ready;
    } else {
      // Wakes up at once for the newest channel, and after kPollOthers for the others.
      const auto& newest = tried.back()->channel;
      newest->WaitForStateChange(newest->GetState(false), monotonic(std::min(give_up_at, now + kPollOthers)));
    }
  }
  if (!first) return order.front();
  const std::lock_guard lock(mutex_);
  if (const auto found = std::ranges::find(links_, first); found != links_.end()) {
    current_ = static_cast<std::size_t>(found - links_.begin());
    current_chosen_ = true;
  }
  return first;
}

void Connection::leave(const std::shared_ptr<Link>& link) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(links_, link);
    if (found == links_.end()) return;
    *found = std::make_shared<Link>(Link{link->endpoint, link->target, link->secure, nullptr, {}});
    if (links_[current_] == *found) {
      current_ = (current_ + 1) % links_.size();
      current_chosen_ = false;
    }
  }
  log(fmt::format("leaving {}", link->endpoint));
  link->failed.request_stop();
}

Result<Connection::AuthToken> Connection::authenticate(grpc::ClientContext& context, const Link& link,
                                                       const Until& until) {
  AuthToken token = options_.auth_token;
  if (token.empty() && !options_.user.empty()) {
    auto fetched = auth_token_for_user(link, until);
    if (!fetched) return fetched;
    token = *std::move(fetched);
  }
  if (!token.empty()) context.AddMetadata("token", token);
  return token;
}

Result<Connection::AuthToken> Connection::auth_token_for_user(const Link& link, const Until& until) {
  {
    const std::lock_guard lock(mutex_);
    if (auth_token_) return *auth_token_;
  }
  grpc::ClientContext context;
  context.set_deadline(monotonic(deadline_of_call(until)));
  const std::stop_callback cancel(until.stop, [&context] { context.TryCancel(); });
  etcdserverpb::AuthenticateRequest request;
  request.set_name(options_.user);
  request.set_password(options_.password);
  etcdserverpb::AuthenticateResponse response;
  etcdserverpb::Auth::Stub stub(link.channel);
  grpc::Status status = stub.Authenticate(&context, request, &response);
  if (status.ok() && !is_answer(request, response)) status = not_an_answer();
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  log(fmt::format("authentication of '{}' at {}: {}", shown_user(options_), link.endpoint,
                  status.ok() ? "ok" : printable(status.error_message())));
  // Like etcdctl: if etcd has no accounts, a user name does no harm.
  if (!status.ok() && !lacks_accounts(status)) {
    auto error = error_from(status, "authentication", link.endpoint, options_);
    if (is_retryable(status) || another_may_be_etcd(status, options_)) error.code = Errc::unavailable;
    return std::unexpected(std::move(error));
  }
  const std::lock_guard lock(mutex_);
  auth_token_ = response.token();
  return *auth_token_;
}

bool Connection::forget_auth_token(const AuthToken& refused) {
  if (options_.user.empty()) return false;
  const std::lock_guard lock(mutex_);
  if (auth_token_ == refused) auth_token_.reset();
  return true;
}

Result<Header> Connection::read_header(const KeyRange& range, const Until& until) {
  etcdserverpb::RangeRequest request;
  request.set_key(range.begin);
  request.set_range_end(range.end);
  request.set_count_only(true);
  etcdserverpb::RangeResponse response;
  const auto read = [&](const Link& link, grpc::ClientContext& context) {
    return etcdserverpb::KV::Stub(link.channel).Range(&context, request, &response);
  };
  if (const auto called = run("Range", read, until); !called) return std::unexpected(called.error());
  return header_of(response.header());
}

bool Connection::may_read(const KeyRange& range, const Until& until) {
  const auto header = read_header(range, until);
  return header || header.error().code != Errc::permission;
}

// If a Txn needs both a read and a write permission, the read is tried alone to find out which of them is missing.
void Connection::explain_denial(Error& error, const Needs& needs, const Until& until) {
  const KeyRange* denied = nullptr;
  for (const KeyRange& range : needs.read) {
    if (!needs.write.empty() && may_read(range, until)) continue;
    denied = &range;
    break;
  }
  const bool write = denied == nullptr;
  if (write && !needs.write.empty()) denied = &needs.write.front();
  if (denied == nullptr) return;
  const std::string user = !options_.user.empty()         ? fmt::format("user '{}'", shown_user(options_))
                           : !options_.auth_token.empty() ? "the user of this token"
                                                          : "the user named by this client's certificate";
  error.message = missing_permission(user, write, *denied, needs);
}

BootTime Connection::deadline_of_call(const Until& until) const {
  return until.deadline.value_or(saturating_add(BootClock::now(), options_.command_timeout));
}

nanoseconds Connection::longest_silence() const {
  const auto share = options_.command_timeout / static_cast<std::int64_t>(options_.endpoints.size());
  return std::min(options_.command_timeout, std::max<nanoseconds>(share, kShortestTry));
}

bool Connection::all_secure() {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(links_, [](const auto& link) { return link->secure; });
}

void Connection::note_reaction(const Link& link) {
  const std::lock_guard lock(mutex_);
  reacted_.insert(link.endpoint);
}

std::optional<Error> Connection::why_unreachable(BootTime deadline) {
  std::vector<std::shared_ptr<Link>> links;
  {
    const std::lock_guard lock(mutex_);
    std::ranges::copy_if(links_, std::back_inserter(links),
                         [this](const auto& link) { return reacted_.contains(link->endpoint); });
  }
  for (const auto& link : links) {
    auto [why, remedy] = why_tls_fails(link->target, link->secure, options_.tls, deadline);
    if (!why.empty()) return Error{Errc::unreachable, std::move(why), link->endpoint, remedy};
  }
  return std::nullopt;
}

Result<void> Connection::run(const std::string& what, const Try& try_once, const Until& until, Attempt* attempt,
                             Login login) {
  const BootTime begun = BootClock::now();
  const BootTime deadline = deadline_of_call(until);
  const auto endpoints = static_cast<int>(options_.endpoints.size());
  bool reached = false;
  int auth_tokens_refused = 0;
  std::set<std::string> not_etcd;  // The endpoints whose last answer said that they are not an etcd.
  std::optional<Error> earlier_error;
  std::string unresolved;  // Of an endpoint whose host name cannot be looked up.
  for (int tries = 1;; ++tries) {
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    std::optional<UnderWay> calling(deadline);
    const auto found = current({until.stop, deadline});
    if (!found) return std::unexpected(found.error());
    const std::shared_ptr<Link>& link = *found;
    grpc::ClientContext context;
    BootTime sent = BootClock::now();
    BootTime try_deadline = deadline;
    if (tries < endpoints) {
      try_deadline =
          std::min(deadline, sent + std::max<nanoseconds>(kShortestTry, (deadline - sent) / (endpoints - tries + 1)));
    }
    context.set_deadline(monotonic(try_deadline));
    auto token = authenticate(context, *link, {until.stop, try_deadline});
    if (!token && login == Login::optional && is_about_account(token.error().code)) token = AuthToken();
    if (!token && token.error().code != Errc::unavailable && token.error().code != Errc::timeout) {
      return std::unexpected(token.error());
    }
    const bool was_ready = is_ready(*link);
    grpc::Status status = own_status(token ? "" : token.error().message);
    if (token) {
      sent = BootClock::now();  // Authentication is over: a lease's time counts from here.
      const std::stop_callback cancel(until.stop, [&context] { context.TryCancel(); });
      status = try_once(*link, context);
    }
    calling.reset();  // Writing the log may take long.
    log(fmt::format("{} to {}: {} in {}", what, link->endpoint, status.ok() ? "ok" : printable(status.error_message()),
                    format_duration(std::chrono::round<std::chrono::microseconds>(BootClock::now() - sent))));
    if (attempt != nullptr) attempt->sent = sent;
    if (status.ok()) return {};
    if (attempt != nullptr && token && is_retryable(status) && may_have_been_sent(status, was_ready, *link)) {
      attempt->maybe_applied = true;
    }
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    if (is_stale_auth_token(status, options_) && ++auth_tokens_refused < kMostAuthTokens && forget_auth_token(*token))
      continue;
    // If this endpoint is not an etcd, another one may be, even if it cannot serve right now.
    if (is_not_etcd(status)) {
      not_etcd.insert(link->endpoint);
    } else {
      not_etcd.erase(link->endpoint);
    }
    const bool others_left =
        is_not_etcd(status) && not_etcd.size() < std::set(options_.endpoints.begin(), options_.endpoints.end()).size();
    if (!is_retryable(status) && !others_left)
      return std::unexpected(error_from(status, what, link->endpoint, options_));

    // By its words, a TLS handshake that was given up may also have been refused.
    const bool given_up = BootClock::now() - sent >= options_.dial_timeout;
    if (!given_up && !is_silence(status)) note_reaction(*link);
    std::string why = why_not_connected(status, link->endpoint);
    if (is_unresolved(status)) {
      unresolved = why;
    } else if (!unresolved.empty()) {
      why += "; " + unresolved;
    }
    reached = reached || is_ready(*link);
    const BootTime now = BootClock::now();
    // A caller with a very short deadline does not make us leave an endpoint that had no time to answer.
    if (!is_out_of_time(status) || try_deadline - sent >= kTimeToAnswer) leave(link);
    if (!reached && (now >= deadline || now - begun >= options_.dial_timeout)) {
      return fail(Errc::unreachable,
                  fmt::format("no endpoint could be reached within {}: {}",
                              format_duration(std::chrono::round<std::chrono::milliseconds>(
                                  std::clamp<nanoseconds>(deadline - begun, 0ns, options_.dial_timeout))),
                              why),
                  all_endpoints(), Remedy::endpoints);
    }
    // The last try often times out only because little time was left. An earlier error says more.
    if (!is_out_of_time(status)) earlier_error = error_from(status, what, link->endpoint, options_);
    if (others_left && earlier_error) earlier_error->code = Errc::unavailable;
    if (now >= deadline || (others_left && now - begun >= options_.dial_timeout)) {
      return std::unexpected(earlier_error.value_or(no_answer(what, deadline - begun, link->endpoint)));
    }
    if (tries % endpoints == 0) pause_for(std::min<nanoseconds>(kRetryPause, deadline - now), until.stop);
  }
}

std::string Connection::all_endpoints() const { return fmt::format("{}", fmt::join(options_.endpoints, ",")); }

}  // namespace elect
