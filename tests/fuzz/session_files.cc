// Session files: any content is refused, or it is the same after it was read, stored and read again.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "commands/session_file.h"
#include "promise.h"

namespace {

std::string path_of_process() { return "/dev/shm/electctl-fuzz-" + std::to_string(::getpid()); }

void put(const std::string& path, const std::uint8_t* data, std::size_t size) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  PROMISE(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size));
  ::close(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = path_of_process();
  put(path, data, size);
  const auto record = cli::SessionFile::read(path);
  if (!record) {
    PROMISE(record.error().code != 0 && !record.error().message.empty());
    ::unlink(path.c_str());
    return 0;
  }
  PROMISE(record->lease != 0);
  {
    auto file = cli::SessionFile::open(path, 11);
    PROMISE(file && file->record() == *record);
    PROMISE(file->store(*record));
  }
  const auto again = cli::SessionFile::read(path);
  PROMISE(again && *again == *record);
  ::unlink(path.c_str());
  return 0;
}
