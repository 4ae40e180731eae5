// Passwords, tokens and keys: where they come from, and that they go nowhere else. A process's arguments can be read
// by everybody on the host, its environment is inherited by CMD.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "elect/client.h"

namespace cli {

// Overwrites the secrets in this process's arguments (up to "--") and takes them out of its environment, where parsing
// has read them. Of NAME:PASSWORD the name is left.
void hide_secrets(std::span<char* const> arguments);

// Where a password may come from, as given on the command line.
struct PasswordSource {
  std::optional<std::string> password;  // As given: it may be empty.
  std::string file;                     // Empty: no file was named.
};

// Completes `client` by the password: that of its option, or of the file, or what comes behind the user's name,
// or typed; or what an earlier image of this program has handed over. Warns of files with secrets that others can
// read. Call it while the process has one thread.
enum class Manner {
  talking,
  silent,  // Nothing is asked, and no warning given.
};
[[nodiscard]] elect::Result<void> settle_secrets(elect::ClientOptions& client, const PasswordSource& source,
                                                 Manner manner);

// Leaves user and secret to the image of this program that is executed next: neither its arguments nor its environment
// have them any more, and nobody shall type a password twice.
[[nodiscard]] elect::Result<void> hand_over_secrets(const elect::ClientOptions& client);

}  // namespace cli
