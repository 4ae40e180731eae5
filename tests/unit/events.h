// Short functions that make candidates and events.
#pragma once

#include <string>
#include <utility>

#include "elect/candidates.h"

namespace elect::testing {

inline Candidate candidate(std::string key, Revision create, Revision mod) {
  return {std::move(key), "v", 1, create, mod, 1};
}
inline Event put(std::string key, Revision create, Revision mod) {
  return {Event::Type::put, candidate(std::move(key), create, mod)};
}
inline Event removal(std::string key, Revision mod) {
  return {Event::Type::removed, candidate(std::move(key), 0, mod)};
}

}  // namespace elect::testing
