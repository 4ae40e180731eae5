// System calls that older kernels lack, each with a fallback.
#pragma once

namespace cli {

// Returns a file without a name, open for reading and writing, closed by exec. -1: it failed, see errno. Uses
// memfd_create (Linux 3.17). The fallback is a file in /dev/shm or /tmp, whose name is removed at once.
[[nodiscard]] int anonymous_file(const char* purpose);

// Closes the descriptors `first` to `last`. Uses close_range (Linux 5.9). The fallback closes them one by one. Do not
// call it while other threads open files.
void close_files(unsigned first, unsigned last);

}  // namespace cli
