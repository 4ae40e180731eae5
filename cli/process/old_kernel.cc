#include "process/old_kernel.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>  // mkostemp
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace cli {

int anonymous_file(const char* purpose) {
  const int file = memfd_create(purpose, MFD_CLOEXEC);
  if (file >= 0 || errno != ENOSYS) return file;
  for (const char* folder : {"/dev/shm", "/tmp"}) {
    std::string name = std::string(folder) + "/" + purpose + ".XXXXXX";
    const int made = mkostemp(name.data(), O_CLOEXEC);
    if (made < 0) continue;
    unlink(name.c_str());
    return made;
  }
  return -1;
}

void close_files(unsigned first, unsigned last) {
  if (close_range(first, last, 0) == 0 || errno != ENOSYS) return;
  DIR* open_ones = opendir("/proc/self/fd");
  if (open_ones == nullptr) {
    constexpr unsigned kMost = 65536;  // With a limit of millions the loop would take seconds.
    rlimit limit{kMost, kMost};
    getrlimit(RLIMIT_NOFILE, &limit);
    const unsigned end = static_cast<unsigned>(std::min<rlim_t>(limit.rlim_cur, kMost));
    for (unsigned file = first; file <= last && file < end; ++file) close(static_cast<int>(file));
    return;
  }
  // A close() during the reading may make it skip entries. So read again until one whole reading finds none.
  for (bool found = true; found; rewinddir(open_ones)) {
    found = false;
    while (const dirent* entry = readdir(open_ones)) {
      const int file = std::atoi(entry->d_name);
      if (entry->d_name[0] == '.' || file == dirfd(open_ones)) continue;
      if (static_cast<unsigned>(file) < first || static_cast<unsigned>(file) > last) continue;
      close(file);
      found = true;
    }
  }
  closedir(open_ones);
}

}  // namespace cli
