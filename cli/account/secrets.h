// Gets passwords, tokens and keys, and keeps them secret. Everybody on the host can read a process's arguments. CMD
// inherits its environment.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "elect/client.h"

namespace cli {

// Overwrites the secrets in this process's arguments (up to "--") and removes them from its environment. Call it after
// parsing, which reads them. Of NAME:PASSWORD the name is left.
void hide_secrets(std::span<char* const> arguments);

// These arguments without passwords, tokens and their options. A user's name is left.
[[nodiscard]] std::vector<std::string_view> without_secrets(std::span<char* const> arguments);

// Where to take the password from, as the command line says.
struct PasswordSource {
  std::optional<std::string> password;  // May be an empty string.
  std::string file;                     // Empty: no file was named.
};

enum class Interaction {
  allowed,
  none,  // Asks nothing, and gives no warning.
};

// Sets the password of `client`. It comes from the option, from the file, from the text behind the user's name, or from
// a person who types it; or hand_over_secrets() has left it in an earlier image of this program. Warns of files with
// secrets that others can read. Call it while the process has one thread.
[[nodiscard]] elect::Result<void> complete_secrets(elect::ClientOptions& client, const PasswordSource& source,
                                                   Interaction interaction);

// Leaves the user and the secret to the image of this program that is executed next. Its arguments and environment no
// longer hold them, and nobody has to type a password twice.
[[nodiscard]] elect::Result<void> hand_over_secrets(const elect::ClientOptions& client);

}  // namespace cli
