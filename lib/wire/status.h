// Turns a grpc status into an Error. No other file does that. Pure.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <string>
#include <string_view>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// A `what` for error_from(): a read that needs no majority.
constexpr std::string_view kMembersOwnRead = "serializable Range";

// The Error for the status of a call or stream. `what` is the name of the request's type. grpc's own words are left
// out: they are for the log.
[[nodiscard]] Error error_from(const grpc::Status& status, const std::string& what, const std::string& endpoint,
                               const ClientOptions& options);

// The status for a failure that this library found itself. `text` is for people.
[[nodiscard]] grpc::Status own_status(const std::string& text);

// The Error for a call that was not answered in the whole time that it had.
[[nodiscard]] Error no_answer(const std::string& what, std::chrono::nanoseconds within, const std::string& endpoint);

// Whether the endpoint's host name could not be looked up.
[[nodiscard]] bool is_unresolved(const grpc::Status& status);

// Whether the endpoint did not even refuse a connection.
[[nodiscard]] bool is_silence(const grpc::Status& status);

// Why there is no connection, for people.
[[nodiscard]] std::string why_not_connected(const grpc::Status& status, const std::string& endpoint);

// Whether the time for the call was over, here or at the server.
[[nodiscard]] bool is_out_of_time(const grpc::Status& status);

// Whether a retry may succeed, at another endpoint or a little later.
[[nodiscard]] bool is_retryable(const grpc::Status& status);

// Whether the endpoint is not an etcd: it does not know the call.
[[nodiscard]] bool is_not_etcd(const grpc::Status& status);

// Whether the endpoint is not an etcd, and the client has other endpoints, which may be.
[[nodiscard]] bool another_may_be_etcd(const grpc::Status& status, const ClientOptions& options);

// Whether the auth token was refused: it has expired, or accounts have changed since it was issued.
[[nodiscard]] bool is_stale_auth_token(const grpc::Status& status, const ClientOptions& options);

// Whether authentication failed because this etcd has no accounts.
[[nodiscard]] bool lacks_accounts(const grpc::Status& status);

// The user's name for messages, without what follows a colon: that may be a password.
[[nodiscard]] std::string shown_user(const ClientOptions& options);

}  // namespace elect
