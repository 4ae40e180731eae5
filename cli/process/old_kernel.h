// System calls that older kernels lack, with a way to do without them.
#pragma once

namespace cli {

// A file without a name, open for reading and writing, closed by exec. -1 and errno where there is none to be had.
// By memfd_create (Linux 3.17), otherwise a file in /dev/shm or /tmp whose name is removed at once.
[[nodiscard]] int nameless_file(const char* purpose);

// Closes the descriptors `first` to `last`. By close_range (Linux 5.9), otherwise one by one: not while other threads
// open files.
void close_files(unsigned first, unsigned last);

}  // namespace cli
