// The one line that is said where the program cannot go on: memory is refused in a thread of grpc's, or grpc aborts.
#pragma once

#include <string_view>

namespace cli {

inline constexpr std::string_view kMemoryRefused =
    "the system refuses more memory: raise ulimit -v or the control group's memory.max";

// From now on std::terminate() and abort() say one line on standard error, and exit with code 1. So does a null pointer
// that is followed because memory was refused; any other bad access ends the program as ever.
void have_last_words();

}  // namespace cli
