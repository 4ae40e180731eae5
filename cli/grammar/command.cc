#include "grammar/command.h"

#include <algorithm>

#include <fmt/format.h>

namespace cli {

std::expected<elect::Client*, Failure> Context::client() {
  if (client_ == nullptr) {
    auto opened = elect::Client::open(options.client);
    if (!opened) return std::unexpected(Failure(opened.error()));
    client_ = opened->release();
    options.client.endpoints = client_->options().endpoints;  // Where they were discovered.
  }
  return client_;
}

std::string Context::why_unreachable() const { return client_ != nullptr ? client_->why_unreachable() : ""; }

std::expected<elect::Election, Failure> Context::election(const std::string& name) {
  const auto connected = client();
  if (!connected) return std::unexpected(connected.error());
  auto election = elect::Election::open(**connected, name);
  if (!election) return std::unexpected(Failure(election.error()));
  return *std::move(election);
}

std::expected<Format, Failure> Context::format(Format unasked, std::initializer_list<Format> supported) const {
  if (!argv.empty()) return unasked;
  const Format asked = options.format.empty() ? unasked : format_of(options.format).value_or(unasked);
  if (std::ranges::find(supported, asked) != supported.end()) return asked;
  std::string names;
  for (const Format format : supported) names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(format));
  return std::unexpected(Failure(
      kUnsupportedFormat, fmt::format("{} not supported as output format here: choose {}", name_of(asked), names)));
}

}  // namespace cli
