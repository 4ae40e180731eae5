// The version of the library and of electctl; the build reads it from here.
#pragma once

#include <string_view>

namespace elect {

inline constexpr std::string_view kVersion = "0.2.0";

}  // namespace elect
