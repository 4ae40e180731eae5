#include "process/process_name.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstring>

namespace cli {
namespace {

char* arguments = nullptr;  // One contiguous piece of memory, argument after argument.
std::size_t arguments_size = 0;

}  // namespace

void note_arguments(int argc, char** argv) {
  if (argc <= 0) return;
  arguments = argv[0];
  arguments_size = 0;
  for (int i = 0; i < argc && argv[i] == arguments + arguments_size; ++i) arguments_size += std::strlen(argv[i]) + 1;
}

void rename_process(const char* name) {
  prctl(PR_SET_NAME, name);
  if (arguments == nullptr) return;
  std::memset(arguments, 0, arguments_size);
  std::snprintf(arguments, arguments_size, "%s of %d", name, getppid());
}

}  // namespace cli
