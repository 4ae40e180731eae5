#include "wire/status.h"

#include <algorithm>
#include <array>
#include <ratio>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "elect/duration.h"
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

// etcd's own time for the request was over. Some versions send this with the code UNKNOWN.
constexpr std::string_view kOutOfTime = "context deadline exceeded";

// grpc's words where it gave up a connection. It also calls a connection without TLS a handshake.
constexpr std::string_view kTimedOut = "timed out";
constexpr std::string_view kGivenUp = "handshaker shutdown";

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

// Marks a status of our own making, in the field for details, which etcd does not use.
constexpr std::string_view kOwn = "elect";

bool is_own(const grpc::Status& status) { return status.error_details() == kOwn; }

// etcd's own words, not grpc's.
bool is_of_etcd(std::string_view text) { return text.starts_with("etcdserver: ") || text.starts_with("election: "); }

struct Named {
  std::string_view part;  // Of the request's type.
  std::string_view words;
};
constexpr std::array kRequests = {Named{"Range", "a read"},
                                  Named{"Txn", "a write"},
                                  Named{"LeaseGrant", "a request for a lease"},
                                  Named{"LeaseKeepAlive", "a renewal of the lease"},
                                  Named{"LeaseRevoke", "a request to revoke a lease"},
                                  Named{"LeaseTimeToLive", "a question about a lease"},
                                  Named{"Member", "a question about its members"},
                                  Named{"Leader", "a question to its election service"},
                                  Named{"watch", "a watch"},
                                  Named{"uthenticat", "a login"}};

std::string_view in_words(std::string_view what) {
  const auto* const found =
      std::ranges::find_if(kRequests, [what](const Named& one) { return what.find(one.part) != what.npos; });
  return found != kRequests.end() ? found->words : "a request";
}

bool needs_majority(std::string_view what) { return what != kMembersOwnRead; }

Remedy remedy_of_silence(std::string_view what) {
  return needs_majority(what) && in_words(what) == "a read" ? Remedy::serializable : Remedy::command_timeout;
}

constexpr std::string_view kMayHaveNoMajority = "; the cluster may have no majority";

Error no_answer_in_time(const std::string& what, std::string_view time, const std::string& endpoint) {
  return {
      Errc::timeout,
      fmt::format("etcd did not answer {} {}{}", in_words(what), time, needs_majority(what) ? kMayHaveNoMajority : ""),
      endpoint, remedy_of_silence(what)};
}

// An account that was not accepted.
std::string about_account(const std::string& text, const ClientOptions& options) {
  if (!options.auth_token.empty()) {
    return fmt::format(
        "etcd does not accept the token: it may have expired, or accounts were changed; get a new one ({})", text);
  }
  if (options.user.empty()) return fmt::format("etcd demands a user name and password ({})", text);
  return fmt::format("etcd does not accept user '{}' with this password ({})", shown_user(options), text);
}

// What etcd answers while it cannot serve.
std::string about_state(std::string_view text, std::string_view what) {
  const std::string_view majority = needs_majority(what) ? kMayHaveNoMajority : "";
  if (text.starts_with("etcdserver: request timed out")) {
    return fmt::format("etcd did not complete {} in time ({}){}", in_words(what), text, majority);
  }
  if (text.starts_with("etcdserver: no leader")) return fmt::format("etcd has no raft leader ({}){}", text, majority);
  if (text.starts_with("etcdserver: too many requests")) return fmt::format("etcd is overloaded ({})", text);
  return fmt::format("etcd cannot serve {} now ({})", in_words(what), text);
}

}  // namespace

bool is_silence(const grpc::Status& status) {
  const std::string& text = status.error_message();
  return is_out_of_time(status) || is_unresolved(status) || text.contains(kTimedOut) || text.contains(kGivenUp);
}

bool is_unresolved(const grpc::Status& status) { return status.error_message().contains("DNS resolution failed"); }

grpc::Status own_status(const std::string& text) { return {grpc::UNAVAILABLE, text, std::string(kOwn)}; }

std::string why_not_connected(const grpc::Status& status, const std::string& endpoint) {
  constexpr std::array kCauses = {Named{"Connection refused", "connection refused"},
                                  Named{"No such file", "the socket does not exist"},
                                  Named{"Permission denied", "permission to connect denied"},
                                  Named{"No route to host", "no route to the host"},
                                  Named{"unreachable", "the network is unreachable"},
                                  Named{kTimedOut, "no answer"},
                                  Named{kGivenUp, "no answer"},
                                  Named{"andshake", "the TLS handshake failed"},
                                  Named{"Ssl", "the TLS handshake failed"},
                                  Named{"reset by peer", "the connection was reset"},
                                  Named{"Broken pipe", "the connection was closed"},
                                  Named{"closed", "the connection was closed"},
                                  Named{"GOAWAY", "the connection was closed"},
                                  Named{"cancel", "the endpoint cancelled it"},
                                  Named{"CANCEL", "the endpoint cancelled it"}};
  const std::string text = status.error_message();
  if (is_own(status) || is_of_etcd(text)) return std::string(text);
  if (is_unresolved(status)) return fmt::format("the host name in '{}' cannot be looked up", endpoint);
  const auto* const found =
      std::ranges::find_if(kCauses, [&text](const Named& one) { return text.find(one.part) != text.npos; });
  return std::string(found != kCauses.end() ? found->words : "no answer");
}

Error no_answer(const std::string& what, std::chrono::nanoseconds within, const std::string& endpoint) {
  const auto rounded = within < std::chrono::seconds(1)
                           ? std::chrono::round<std::chrono::milliseconds>(within)
                           : std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(within);
  return no_answer_in_time(what, "within " + format_duration(rounded), endpoint);
}

Error error_from(const grpc::Status& status, const std::string& what, const std::string& endpoint,
                 const ClientOptions& options) {
  const std::string& text = status.error_message();
  const auto error = [&](Errc code, std::string message, Remedy remedy = Remedy::none) {
    return Error{code, std::move(message), endpoint, remedy};
  };
  if (is_own(status)) return error(Errc::unavailable, text);
  if (text == kOutOfTime) return no_answer_in_time(what, "in time", endpoint);
  if (is_stale_auth_token(status, options) || text.starts_with(kNoUser) || text.starts_with(kWrongPassword)) {
    return error(Errc::unauthenticated, about_account(text, options), Remedy::user);
  }
  if (is_learner(status)) {
    return error(
        Errc::unavailable,
        fmt::format("this member is a learner and cannot serve this ({}): give the endpoint of a voting member", text));
  }
  if (is_unfit_member(status)) return error(Errc::unavailable, about_state(text, what));
  switch (status.error_code()) {
    case grpc::INTERNAL:
    case grpc::UNAVAILABLE:
    case grpc::CANCELLED:
      if (is_of_etcd(text)) return error(Errc::unavailable, about_state(text, what), remedy_of_silence(what));
      return error(Errc::unavailable,
                   fmt::format("{} failed: {}", in_words(what), why_not_connected(status, endpoint)));
    case grpc::DEADLINE_EXCEEDED:
      return no_answer_in_time(what, "in time", endpoint);
    case grpc::NOT_FOUND:
      return error(Errc::lease_not_found, fmt::format("the lease does not exist ({})", text));
    case grpc::OUT_OF_RANGE:
      if (text.find("future") != std::string::npos) {
        return error(Errc::future_revision, fmt::format("that revision does not exist yet ({})", text));
      }
      return error(Errc::compacted, fmt::format("that revision has been compacted ({})", text));
    case grpc::PERMISSION_DENIED:
      return error(Errc::permission, fmt::format("permission denied: user '{}' may not send {} ({})",
                                                 shown_user(options), in_words(what), text));
    case grpc::UNIMPLEMENTED:
      return error(Errc::refused, "the server is not an etcd with the v3 API", Remedy::endpoints);
    case grpc::RESOURCE_EXHAUSTED:
      if (text.find("larger than max") != std::string::npos) {
        return error(Errc::refused,
                     "the request is too large for etcd (see its --max-request-bytes): use a shorter value");
      }
      if (text.find("database space exceeded") != std::string::npos) {
        return error(Errc::refused,
                     fmt::format("etcd's store is full and takes no writes ({}): compact and defragment it, then run "
                                 "etcdctl alarm disarm",
                                 text));
      }
      if (is_overload(status)) return error(Errc::unavailable, about_state(text, what));
      [[fallthrough]];
    default:
      if (is_lost_connection(status)) {
        return error(Errc::unavailable, fmt::format("{} failed: the connection was lost", in_words(what)));
      }
      if (text.starts_with("election: ")) return error(Errc::refused, text);
      if (text.starts_with("etcdserver: request is too large")) {
        return error(Errc::refused, fmt::format("the request is too large for etcd ({}): use a shorter value", text));
      }
      return error(Errc::refused, text.empty() ? fmt::format("etcd refused {} (grpc status {})", in_words(what),
                                                             static_cast<int>(status.error_code()))
                                               : fmt::format("etcd refused {}: {}", in_words(what), text));
  }
}

bool is_out_of_time(const grpc::Status& status) {
  return status.error_code() == grpc::DEADLINE_EXCEEDED || status.error_message() == kOutOfTime;
}

bool is_retryable(const grpc::Status& status) {
  // CANCELLED: we did not cancel it, callers check that first. A proxy or a member that stops has cut the call.
  return status.error_code() == grpc::UNAVAILABLE || is_out_of_time(status) || status.error_code() == grpc::CANCELLED ||
         is_unfit_member(status) || is_lost_connection(status) || is_overload(status);
}

bool is_not_etcd(const grpc::Status& status) { return status.error_code() == grpc::UNIMPLEMENTED; }

bool another_may_be_etcd(const grpc::Status& status, const ClientOptions& options) {
  return is_not_etcd(status) && options.endpoints.size() > 1;
}

bool is_stale_auth_token(const grpc::Status& status, const ClientOptions& options) {
  return status.error_code() == grpc::UNAUTHENTICATED || status.error_message().starts_with(kAccountsChanged) ||
         (!options.user.empty() && status.error_message().starts_with(kNoUser));
}

bool lacks_accounts(const grpc::Status& status) { return status.error_message().starts_with(kNoAccounts); }

std::string shown_user(const ClientOptions& options) {
  return printable(std::string_view(options.user).substr(0, options.user.find(':')));
}

}  // namespace elect
