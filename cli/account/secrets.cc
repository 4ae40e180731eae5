#include "account/secrets.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "account/password.h"
#include "elect/text.h"
#include "output.h"

namespace cli {
namespace {

// The environment variable with the number of the descriptor that hand_over_secrets() leaves open.
constexpr const char* kSecretsVariable = "ELECTCTL_SECRETS_FD";
constexpr const char* kMemoryFileName = "electctl-secrets";

// The content of the memory file begins with this.
std::string magic() { return std::string(kMemoryFileName) + '\0'; }

void wipe(char* text) { explicit_bzero(text, std::strlen(text)); }

// Leaves one character, so that the option still has a value.
void hide_value(char* value) {
  if (*value == '\0') return;
  wipe(value);
  *value = 'x';
}

void hide_password_behind_name(char* user) {
  if (char* colon = std::strchr(user, ':')) wipe(colon);
}

struct SecretOption {
  std::string_view name;
  void (*hide)(char* value);
};
constexpr std::array kSecretOptions = {SecretOption{"--password", hide_value},
                                       SecretOption{"--auth-jwt-token", hide_value},
                                       SecretOption{"--user", hide_password_behind_name}};

// The option with a secret that this word is, or that it begins as NAME=VALUE. nullptr: it is none.
const SecretOption* secret_option_in(std::string_view word) {
  const auto* const option = std::ranges::find_if(kSecretOptions, [word](const SecretOption& one) {
    return word.starts_with(one.name) && (word.size() == one.name.size() || word[one.name.size()] == '=');
  });
  return option == kSecretOptions.end() ? nullptr : option;
}

elect::Result<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return elect::fail(elect::Errc::system,
                       fmt::format("cannot read the password from the file '{}': {}", elect::printable(path),
                                   file.eof() ? "it is empty" : std::strerror(errno)));
  }
  return line;
}

// Warns if the group or others can read the file. If root owns it, the group may: root often gives a key to a group
// (ssl-cert).
void warn_if_others_can_read(const std::string& path, std::string_view what) {
  struct stat status {};
  if (path.empty() || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const mode_t too_open = status.st_uid == 0 ? S_IROTH : S_IROTH | S_IRGRP;
  if ((status.st_mode & too_open) == 0) return;
  warn(fmt::format("the {} file '{}' can be read by others; to stop that: chmod go= {}", what, elect::printable(path),
                   elect::shell_quoted(path)));
}

// Reads the memory file. After magic() come the user and the secret, with a NUL between them: a name contains none.
// False: there is no memory file.
elect::Result<bool> receive_secrets(elect::ClientOptions& client) {
  const char* number = std::getenv(kSecretsVariable);
  if (number == nullptr) return false;
  const int file = std::atoi(number);
  unsetenv(kSecretsVariable);
  if (fcntl(file, F_GET_SEALS) < 0) return false;  // Not a memory file. Whether it is ours, magic() shows.
  struct stat status {};
  fstat(file, &status);
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t size = pread(file, content.data(), content.size(), 0);
  if (!content.starts_with(magic())) return false;
  close(file);
  content.erase(0, magic().size());
  const auto end_of_name = content.find('\0');
  if (size != status.st_size || end_of_name == std::string::npos) {
    return elect::fail(elect::Errc::system, "the password was lost when electctl started again to stand again");
  }
  client.user = content.substr(0, end_of_name);
  (client.user.empty() ? client.auth_token : client.password) = content.substr(end_of_name + 1);
  return true;
}

}  // namespace

void hide_secrets(std::span<char* const> arguments) {
  for (std::size_t i = 0; i < arguments.size() && std::string_view(arguments[i]) != "--"; ++i) {
    const std::string_view word = arguments[i];
    const SecretOption* option = secret_option_in(word);
    if (option == nullptr) continue;
    if (word.size() > option->name.size()) {
      option->hide(arguments[i] + option->name.size() + 1);
    } else if (i + 1 < arguments.size()) {
      option->hide(arguments[++i]);
    }
  }
  for (const char* variable : {"ETCDCTL_PASSWORD", "ETCDCTL_AUTH_JWT_TOKEN"}) {
    if (char* value = std::getenv(variable)) wipe(value);
    unsetenv(variable);
  }
  if (char* user = std::getenv("ETCDCTL_USER")) hide_password_behind_name(user);
}

std::vector<std::string_view> without_secrets(std::span<char* const> arguments) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const SecretOption* option = secret_option_in(word);
    if (option == nullptr || option->hide != hide_value) {
      words.push_back(word);
    } else if (word == option->name) {
      ++i;  // Its value is the next argument.
    }
  }
  return words;
}

elect::Result<void> complete_secrets(elect::ClientOptions& client, const PasswordSource& source,
                                     Interaction interaction) {
  const auto received = receive_secrets(client);
  if (!received) return std::unexpected(received.error());
  if (*received) return {};
  if (interaction == Interaction::allowed) {
    warn_if_others_can_read(client.tls.key_file, "key");
    warn_if_others_can_read(source.file, "password");
  }
  if (!source.file.empty()) {
    auto password = first_line(source.file);
    if (!password) return std::unexpected(password.error());
    client.password = *std::move(password);
  } else if (source.password) {
    client.password = *source.password;
  } else if (const auto colon = client.user.find(':'); colon != std::string::npos) {
    client.password = client.user.substr(colon + 1);
    client.user.resize(colon);
  } else if (!client.user.empty()) {
    if (interaction == Interaction::none) return {};  // If etcd has no accounts, no password is needed.
    auto password = ask_password(client.user);
    if (!password) return std::unexpected(password.error());
    client.password = *std::move(password);
  }
  return {};
}

elect::Result<void> hand_over_secrets(const elect::ClientOptions& client) {
  const std::string& secret = client.user.empty() ? client.auth_token : client.password;
  if (client.user.empty() && secret.empty()) return {};
  const int file = memfd_create(kMemoryFileName, 0);
  const std::string content = magic() + client.user + '\0' + secret;
  if (file < 0 || !write_all(file, content)) {
    return elect::fail(elect::Errc::system,
                       fmt::format("cannot keep the password for standing again: {}", why_not_written(errno)));
  }
  setenv(kSecretsVariable, std::to_string(file).c_str(), 1);
  return {};
}

}  // namespace cli
