// What grpc's status means to us: the one place where it becomes an Error. Pure.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "elect/error.h"
#include "elect/options.h"

namespace elect {

// What a call or stream ended with, as an Error. `what` names it in errors.
[[nodiscard]] Error error_from(const grpc::Status& status, const std::string& what, const std::string& endpoint,
                               const ClientOptions& options);

// Whether it may come through at another endpoint, or a little later.
[[nodiscard]] bool worth_another_try(const grpc::Status& status);

// Whether the token was refused: it has expired, or accounts were changed since it was issued.
[[nodiscard]] bool is_stale_token(const grpc::Status& status, const ClientOptions& options);

// Whether authentication failed for the reason that this etcd has no accounts.
[[nodiscard]] bool lacks_accounts(const grpc::Status& status);

// The user's name for people: what is behind a colon may have been meant as a password.
[[nodiscard]] std::string shown_user(const ClientOptions& options);

}  // namespace elect
