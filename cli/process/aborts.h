// Writes one line when the program cannot go on: a thread of grpc gets no memory, or grpc aborts.
#pragma once

#include <string_view>

namespace cli {

inline constexpr std::string_view kMemoryRefused =
    "the system refuses more memory: raise ulimit -v or the control group's memory.max";

// After this call std::terminate() and abort() write one line to standard error and exit with code 1. So does the use
// of a null pointer when the system refuses memory. Any other bad access ends the program as usual, by SIGSEGV.
void report_aborts();

}  // namespace cli
