// What a fuzz target demands of the code: a broken promise is a crash, which the fuzzer reports with its input.
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
