// Makes calls to the cluster: one channel an endpoint, credentials, authentication, deadlines, retries, and the choice
// of another endpoint when one fails. Thread-safe.
#pragma once

#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"
#include "elect/store.h"
#include "rpc.grpc.pb.h"
#include "wire/key_range.h"
#include "wire/permission.h"
#include "wire/status.h"
#include "wire/whole_answer.h"

namespace elect {

class Client;

// One endpoint's channel. `failed` fires when the connection leaves the endpoint because it failed. Whoever has a
// stream on it then opens one elsewhere.
struct Link {
  std::string endpoint;  // As the user wrote it.
  std::string target;    // As grpc wants it.
  bool secure;
  std::shared_ptr<grpc::Channel> channel;
  std::stop_source failed;
};

// Filled in by a call, beside its result.
struct Attempt {
  BootTime sent{};  // When the try that was answered was sent.
  // A try without an answer may have taken effect: an earlier try, or the last one if it failed.
  bool maybe_applied = false;
};

// What a request is called in the log and for error_from().
template <typename Request>
std::string kind_of(const Request& request) {
  return request.GetTypeName();
}
inline std::string kind_of(const etcdserverpb::RangeRequest& request) {
  return request.serializable() ? std::string(kMembersOwnRead) : request.GetTypeName();
}

class Connection {
 public:
  // `options` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const ClientOptions& options);

  [[nodiscard]] static Connection& of(Client& client);

  // Calls a unary method, e.g. call(&etcdserverpb::KV::Stub::Range, request, response, until). Without a deadline in
  // `until` the client's command_timeout is used. With several endpoints each try gets a share of that time.
  template <typename Stub, typename Request, typename Response>
  [[nodiscard]] Result<void> call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                  const Request& request, Response& response, const Until& until,
                                  Attempt* attempt = nullptr) {
    auto called = run(
        kind_of(request),
        [&](const Link& link, grpc::ClientContext& context) {
          response.Clear();
          Stub stub(link.channel);
          const grpc::Status status = (stub.*method)(&context, request, &response);
          return !status.ok() || is_answer(request, response) ? status : not_an_answer();
        },
        until, attempt);
    if (!called && called.error().code == Errc::permission) explain_denial(called.error(), needs_of(request), until);
    return called;
  }

  // The same for any use of a ClientContext, e.g. a short stream. `try_once` makes one try with a context of its own.
  // `what` names the call in the log and in errors. Login::optional: if etcd does not accept the account, the call is
  // made without a login.
  enum class Login { required, optional };
  using Try = std::function<grpc::Status(const Link&, grpc::ClientContext&)>;
  [[nodiscard]] Result<void> run(const std::string& what, const Try& try_once, const Until& until,
                                 Attempt* attempt = nullptr, Login login = Login::required);

  // A linearizable read of these keys that returns nothing but the header. A denied permission is not explained.
  [[nodiscard]] Result<Header> read_header(const KeyRange& range, const Until& until);

  // The link that calls use now. Connects if necessary. Errc::system: no file descriptor is left.
  [[nodiscard]] Result<std::shared_ptr<Link>> current(const Until& until);

  // Leaves a link that failed: the next call tries another endpoint. Idempotent.
  void leave(const std::shared_ptr<Link>& link);

  // Adds the auth token to a context. Fetches it first if there is none yet. Returns it; empty: this client uses no
  // token.
  using AuthToken = std::string;
  [[nodiscard]] Result<AuthToken> authenticate(grpc::ClientContext& context, const Link& link, const Until& until);

  // Drops an auth token that the server refused, so that the next authenticate() fetches a new one. Idempotent.
  // False: this client cannot fetch one (it has no user name).
  bool forget_auth_token(const AuthToken& refused);

  // Whether every endpoint uses TLS.
  [[nodiscard]] bool all_secure();

  // When a call has to end: at the deadline of `until`, or after command_timeout if it has none.
  [[nodiscard]] BootTime deadline_of_call(const Until& until) const;

  // How long one endpoint may give no answer during a call, so that time is left for another one.
  [[nodiscard]] std::chrono::nanoseconds longest_silence() const;

  // For a call during a long wait: ends after command_timeout, or with the wait if that is sooner.
  [[nodiscard]] Until for_one_call(const Until& until) const {
    const BootTime own = deadline_of_call({});
    return {until.stop, std::min(own, until.deadline.value_or(own))};
  }

  // Why no endpoint can be reached, if a TLS handshake shows the reason. Otherwise nullopt. Does not ask an endpoint
  // that was silent so far: it would only be silent again.
  [[nodiscard]] std::optional<Error> why_unreachable(BootTime deadline);

  [[nodiscard]] const ClientOptions& options() const { return options_; }

  void log(const std::string& line) const {
    if (options_.log) options_.log(line);
  }

 private:
  explicit Connection(const ClientOptions& options) : options_(options) {}

  // Call both with mutex_ held.
  void connect(Link& link);
  [[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> current_credentials();

  [[nodiscard]] Result<AuthToken> auth_token_for_user(const Link& link, const Until& until);
  [[nodiscard]] bool may_read(const KeyRange& range, const Until& until);
  void explain_denial(Error& error, const Needs& needs, const Until& until);
  void note_reaction(const Link& link);
  [[nodiscard]] std::string all_endpoints() const;

  // While this lives, grpc keeps its threads. Otherwise grpc ends them with the last channel, and starts new ones with
  // the next channel. If the system refuses the new ones, both steps hang.
  struct KeepsGrpc {
    KeepsGrpc() { grpc_init(); }
    ~KeepsGrpc() { grpc_shutdown(); }
    KeepsGrpc(const KeepsGrpc&) = delete;
    KeepsGrpc& operator=(const KeepsGrpc&) = delete;
  } keeps_grpc_;
  const ClientOptions& options_;
  std::mutex mutex_;  // Guards all below.
  std::shared_ptr<grpc::ChannelCredentials> tls_credentials_;
  BootTime tls_read_at_{};
  std::vector<std::shared_ptr<Link>> links_;
  std::size_t current_ = 0;
  bool current_chosen_ = false;          // links_[current_] was chosen and has not failed since.
  std::set<std::string> reacted_;        // The endpoints that refused or closed a connection.
  std::optional<AuthToken> auth_token_;  // The user's token. An empty string: this etcd has no accounts.
};

}  // namespace elect
