// What a CMD finds in its environment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"

namespace cli {

// ELECTCTL_NAME, _VALUE, _KEY, _LEASE, _REV and _ENDPOINTS, as NAME=value.
[[nodiscard]] std::vector<std::string> variables_of(const elect::ClientOptions& client, const std::string& election,
                                                    const elect::Candidate& candidate);

// Whether such a variable fits into an environment: the kernel takes 131071 bytes, and no NUL.
[[nodiscard]] bool fits(std::string_view variable);

// This process's environment with `changes` in place of its variables of the same names. ELECTCTL_ variables are not
// inherited: they are of another candidate. Views of `changes` and of the process's own.
[[nodiscard]] std::vector<std::string_view> environment_with(const std::vector<std::string>& changes);

}  // namespace cli
