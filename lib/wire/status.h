// Turns a grpc status into an Error. No other file does that. Pure.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// The Error for the status of a call or stream. `what` names the call in the message.
[[nodiscard]] Error error_from(const grpc::Status& status, const std::string& what, const std::string& endpoint,
                               const ClientOptions& options);

// Whether a retry may succeed, at another endpoint or a little later.
[[nodiscard]] bool worth_another_try(const grpc::Status& status);

// Whether the token was refused: it has expired, or accounts have changed since it was issued.
[[nodiscard]] bool is_stale_token(const grpc::Status& status, const ClientOptions& options);

// Whether authentication failed because this etcd has no accounts.
[[nodiscard]] bool lacks_accounts(const grpc::Status& status);

// The user's name for messages, without what follows a colon: that may be a password.
[[nodiscard]] std::string shown_user(const ClientOptions& options);

}  // namespace elect
