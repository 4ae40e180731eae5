#include "grammar/command.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "output.h"

namespace cli {

namespace {

// What gave an option this value: its variable, or the command line.
std::string name_of(std::string_view option, const char* variable, const std::string& value) {
  const char* given = std::getenv(variable);
  return std::string(given != nullptr && given == value ? variable : option);
}

// A user who gives a certificate expects TLS, and may not see that TLS is not used.
void warn_of_useless_certificates(const Context& context) {
  const elect::ClientOptions& client = context.options.client;
  const auto is_plain = [](const std::string& endpoint) { return endpoint.starts_with("http://"); };
  if (context.command->hidden || !std::ranges::all_of(client.endpoints, is_plain)) return;
  const std::string given = !client.tls.ca_file.empty() ? name_of("--cacert", "ETCDCTL_CACERT", client.tls.ca_file)
                            : !client.tls.certificate_file.empty()
                                ? name_of("--cert", "ETCDCTL_CERT", client.tls.certificate_file)
                                : "";
  if (!given.empty())
    warn(fmt::format("{} is of no use: no endpoint uses TLS; write https:// for one that does", given));
}

void warn_of_outage(const elect::Error* error) {
  if (error == nullptr) {
    warn("etcd answers again");
  } else {
    warn(fmt::format("etcd does not answer, and changes are not seen until it does: {}", in_words(*error)));
  }
}

}  // namespace

std::expected<elect::Client*, Failure> Context::client() {
  if (client_ == nullptr) {
    if (!options.client.on_outage) options.client.on_outage = warn_of_outage;
    if (options.debug) options.client.log = [](std::string_view line) { say(fmt::format("debug: {}\n", line)); };
    options.client.tls.enabled = !options.insecure_transport;
    auto opened = elect::Client::open(options.client);
    if (!opened) return std::unexpected(Failure(opened.error()));
    client_ = opened->release();
    options.client.endpoints = client_->options().endpoints;  // They may have been discovered.
    warn_of_useless_certificates(*this);
  }
  return client_;
}

std::optional<elect::Error> Context::why_unreachable() const {
  return client_ != nullptr ? client_->why_unreachable() : std::nullopt;
}

std::expected<elect::Election, Failure> Context::election(const std::string& name) {
  const auto connected = client();
  if (!connected) return std::unexpected(connected.error());
  auto election = elect::Election::open(**connected, name);
  if (!election) return std::unexpected(Failure(election.error()));
  return *std::move(election);
}

std::expected<Format, Failure> Context::format(Format default_format, std::initializer_list<Format> supported) const {
  if (!argv.empty()) return default_format;
  const Format asked = options.format.empty() ? default_format : format_of(options.format).value_or(default_format);
  if (std::ranges::find(supported, asked) != supported.end()) return asked;
  std::string names;
  for (const Format format : supported) names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(format));
  return std::unexpected(Failure(
      kUnsupportedFormat, fmt::format("output format '{}' is not supported here: choose {}", name_of(asked), names)));
}

}  // namespace cli
