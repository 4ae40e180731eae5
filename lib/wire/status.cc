#include "wire/status.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"

namespace elect {
namespace {

// The beginnings of etcd's messages, for errors that share a status code.
constexpr std::string_view kAccountsChanged = "etcdserver: revision of auth store is old";
constexpr std::string_view kNoUser = "etcdserver: user name is empty";
constexpr std::string_view kNoAccounts = "etcdserver: authentication is not enabled";
constexpr std::string_view kWrongPassword = "etcdserver: authentication failed";

// A member cannot serve this call, but another one can. Up to etcd 3.5 the code was UNAVAILABLE.
constexpr std::string_view kLearner = "etcdserver: rpc not supported for learner";
constexpr std::string_view kNotCapable = "etcdserver: not capable";

bool is_learner(const grpc::Status& status) { return status.error_message().starts_with(kLearner); }

bool is_unfit_member(const grpc::Status& status) {
  return is_learner(status) || status.error_message().starts_with(kNotCapable);
}

// The connection was lost before etcd answered, for example because a member stops. These are grpc's own messages for a
// stream that ended without a status. etcd itself never sends INTERNAL.
bool is_lost_connection(const grpc::Status& status) {
  return status.error_code() == grpc::INTERNAL ||
         (status.error_code() == grpc::UNKNOWN &&
          (status.error_message() == "Stream removed" || status.error_message() == "No status received"));
}

bool is_overload(const grpc::Status& status) {
  return status.error_code() == grpc::RESOURCE_EXHAUSTED &&
         status.error_message().starts_with("etcdserver: too many requests");
}

// What to do when an account was not accepted.
std::string way_to_account(const ClientOptions& options) {
  if (!options.token.empty()) return "; the token may have expired, or accounts were changed since: get another one";
  if (options.user.empty()) return "; accounts are enabled here: give --user";
  return fmt::format(" (user '{}')", shown_user(options));
}

}  // namespace

Error error_from(const grpc::Status& status, const std::string& what, const std::string& endpoint,
                 const ClientOptions& options) {
  const std::string& text = status.error_message();
  const auto error = [&](Errc code, std::string message) { return Error{code, std::move(message), endpoint}; };
  if (is_stale_token(status, options) || text.starts_with(kNoUser) || text.starts_with(kWrongPassword)) {
    return error(Errc::unauthenticated, text + way_to_account(options));
  }
  if (is_learner(status)) {
    return error(Errc::unavailable, text + ": give an endpoint of a voting member, too");
  }
  if (is_unfit_member(status) || is_lost_connection(status)) return error(Errc::unavailable, text);
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
      return error(Errc::permission, fmt::format("{} (user '{}', {})", text, shown_user(options), what));
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
      if (is_overload(status)) return error(Errc::unavailable, text);
      [[fallthrough]];
    default:
      return error(Errc::refused,
                   text.empty() ? fmt::format("grpc status {}", static_cast<int>(status.error_code())) : text);
  }
}

bool worth_another_try(const grpc::Status& status) {
  return status.error_code() == grpc::UNAVAILABLE || status.error_code() == grpc::DEADLINE_EXCEEDED ||
         is_unfit_member(status) || is_lost_connection(status) || is_overload(status);
}

bool is_stale_token(const grpc::Status& status, const ClientOptions& options) {
  return status.error_code() == grpc::UNAUTHENTICATED || status.error_message().starts_with(kAccountsChanged) ||
         (!options.user.empty() && status.error_message().starts_with(kNoUser));
}

bool lacks_accounts(const grpc::Status& status) { return status.error_message().starts_with(kNoAccounts); }

std::string shown_user(const ClientOptions& options) {
  return printable(std::string_view(options.user).substr(0, options.user.find(':')));
}

}  // namespace elect
