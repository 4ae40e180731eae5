// Durations: a parsed one is not negative, and is the same after it was formatted and parsed again.
#include <cstdint>

#include "elect/duration.h"
#include "promise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto duration = elect::parse_duration(text);
  if (!duration) {
    PROMISE(duration.error().code == elect::Errc::usage && !duration.error().message.empty());
    return 0;
  }
  PROMISE(duration->count() >= 0);
  const auto again = elect::parse_duration(elect::format_duration(*duration));
  PROMISE(again && *again == *duration);
  return 0;
}
