// The environment of a CMD.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"

namespace cli {

// Returns ELECTCTL_NAME, _VALUE, _KEY, _LEASE, _REV and _ENDPOINTS, each as NAME=value.
[[nodiscard]] std::vector<std::string> variables_of(const elect::ClientOptions& client, const std::string& election,
                                                    const elect::Candidate& candidate);

// Whether a variable (NAME=value) can be put into an environment. It must hold no NUL, and at most 128000 bytes: the
// kernel takes a little more.
[[nodiscard]] bool fits_environment(std::string_view variable);

// This process's environment, where `changes` replace the variables of the same names. The ELECTCTL_ variables are not
// inherited, because they describe another candidate. The views point into `changes` and into this process's
// environment.
[[nodiscard]] std::vector<std::string_view> environment_with(const std::vector<std::string>& changes);

}  // namespace cli
