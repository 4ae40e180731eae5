// Channels to the endpoints, and how a call gets through: credentials, authentication, deadlines, moving on from an
// endpoint that fails. Any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/options.h"
#include "rpc.grpc.pb.h"
#include "wire/permission.h"
#include "wire/whole_answer.h"

namespace elect {

class Client;

// One endpoint's channel. `left` is triggered when the connection has moved on from it because it failed: streams on
// it are to be taken up elsewhere.
struct Link {
  std::string endpoint;  // As the user wrote it.
  std::string target;    // As grpc wants it.
  bool secure;
  std::shared_ptr<grpc::Channel> channel;
  std::stop_source left;
};

// How a call went, beside its result.
struct Attempt {
  BootTime sent{};        // When the try that was answered was sent.
  bool repeated = false;  // A try before the last, or the last where it failed, may have taken effect unseen.
};

class Connection {
 public:
  // `options` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const ClientOptions& options);

  [[nodiscard]] static Connection& of(Client& client);

  // Calls a unary method, e.g. call(&etcdserverpb::KV::Stub::Range, request, response, until). Without a deadline in
  // `until`, --command-timeout counts. Where there are several endpoints, each try has its share of that time.
  template <typename Stub, typename Request, typename Response>
  [[nodiscard]] Result<void> call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                  const Request& request, Response& response, const Until& until,
                                  Attempt* attempt = nullptr) {
    auto called = run(
        request.GetTypeName(),
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

  // The same for anything that is done within one context. `what` names it for the log and for errors.
  using Once = std::function<grpc::Status(const Link&, grpc::ClientContext&)>;
  [[nodiscard]] Result<void> run(const std::string& what, const Once& once, const Until& until,
                                 Attempt* attempt = nullptr);

  // The link that calls go to now; connects where need be. Errc::system: no file descriptor is left for that.
  [[nodiscard]] Result<std::shared_ptr<Link>> current(const Until& until);

  // Moves on from a link that failed, unless that has been done already.
  void leave(const std::shared_ptr<Link>& link);

  // Puts the token on a context, fetching it first where there is none yet. Empty: there is none to put.
  using Token = std::string;
  [[nodiscard]] Result<Token> authenticate(grpc::ClientContext& context, const Link& link, const Until& until);

  // Says that the token was refused, so that the next authenticate() fetches another, unless that has been done
  // already. False: there is none to fetch.
  bool forget_token(const Token& refused);

  // Whether TLS is spoken with every endpoint.
  [[nodiscard]] bool all_secure();

  // When a call has to be over: at the deadline; without one, after --command-timeout.
  [[nodiscard]] BootTime limit(const Until& until) const;

  // How long one endpoint may stay silent within the time of one call: another must have its chance, too.
  [[nodiscard]] std::chrono::nanoseconds patience() const;

  // For a call in the middle of a wait: it has its own time limit, but ends with the wait.
  [[nodiscard]] Until for_one_call(const Until& until) const {
    const BootTime own = limit({});
    return {until.stop, std::min(own, until.deadline.value_or(own))};
  }

  // Why no endpoint can be reached, as far as a TLS handshake tells; empty: it does not tell.
  [[nodiscard]] std::string why_unreachable(BootTime deadline);

  [[nodiscard]] const ClientOptions& options() const { return options_; }

  void log(const std::string& line) const {
    if (options_.log) options_.log(line);
  }

 private:
  explicit Connection(const ClientOptions& options) : options_(options) {}

  // Both with mutex_ held.
  void connect(Link& link);
  [[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> present_credentials();
  [[nodiscard]] Result<Token> token_for_user(const Link& link, const Until& until);
  [[nodiscard]] bool may_read(const KeySpan& range, const Until& until);
  void explain_denial(Error& error, const Needs& needs, const Until& until);
  [[nodiscard]] std::string all_endpoints() const;

  const ClientOptions& options_;
  std::mutex mutex_;  // Guards all below.
  std::shared_ptr<grpc::ChannelCredentials> tls_;
  BootTime tls_read_at_{};
  std::vector<std::shared_ptr<Link>> links_;
  std::size_t at_ = 0;
  bool settled_ = false;        // links_[at_] has been chosen since the last failure.
  std::optional<Token> token_;  // The user's. Empty: this etcd has no accounts.
};

}  // namespace elect
