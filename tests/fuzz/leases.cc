// Lease IDs, and the names and keys that contain them.
#include <cstdint>

#include "elect/names.h"
#include "promise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto lease = elect::parse_lease(text)) {
    PROMISE(*lease != 0);
    const auto again = elect::parse_lease(elect::hex_of(*lease));
    PROMISE(again && *again == *lease);
  }
  const std::string prefix = elect::prefix_of(text);
  const std::string end = elect::range_end_of(prefix);
  const std::string key = elect::key_of(text, 0x5eed);
  PROMISE(key.starts_with(prefix) && prefix < key && key < end);
  PROMISE(elect::election_of(key) == text);
  const auto cut = size / 2;
  const std::string record = elect::once_key_of(text.substr(0, cut), text.substr(cut));
  PROMISE(record.find('/') == std::string::npos);  // Not below any election's prefix.
  return 0;
}
