// A condition that must hold in a fuzz target. If not, it crashes, and the fuzzer reports the input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PROMISE(condition)                                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)
