#include "process/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "elect/names.h"

namespace cli {
namespace {

constexpr std::size_t kLongestVariable = 128'000;

// If we inherit these, we are the CMD of another electctl, and they describe its candidate.
constexpr std::array<std::string_view, 9> kElectctlVariables = {
    "ELECTCTL_NAME", "ELECTCTL_VALUE", "ELECTCTL_KEY",       "ELECTCTL_LEASE", "ELECTCTL_REV",
    "ELECTCTL_TTL",  "ELECTCTL_EVENT", "ELECTCTL_ENDPOINTS", "ELECTCTL_ROLE"};

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

}  // namespace

std::vector<std::string> variables_of(const elect::ClientOptions& client, const std::string& election,
                                      const elect::Candidate& candidate) {
  return {"ELECTCTL_NAME=" + election,
          "ELECTCTL_VALUE=" + candidate.value,
          "ELECTCTL_KEY=" + candidate.key,
          "ELECTCTL_LEASE=" + elect::hex_of(candidate.lease),
          "ELECTCTL_REV=" + std::to_string(candidate.create_revision),
          fmt::format("ELECTCTL_ENDPOINTS={}", fmt::join(client.endpoints, ","))};
}

bool fits_environment(std::string_view variable) {
  return variable.size() <= kLongestVariable && variable.find('\0') == std::string_view::npos;
}

std::vector<std::string_view> environment_with(const std::vector<std::string>& changes) {
  std::vector<std::string_view> result;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view name = name_of(*variable);
    const bool replaced = std::ranges::find(kElectctlVariables, name) != kElectctlVariables.end() ||
                          std::ranges::any_of(changes, [name](const auto& change) { return name_of(change) == name; });
    if (!replaced) result.emplace_back(*variable);
  }
  result.insert(result.end(), changes.begin(), changes.end());
  return result;
}

}  // namespace cli
