#include "elect/names.h"

#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "elect/text.h"

namespace elect {

std::string prefix_of(std::string_view name) { return std::string(name) + "/"; }

std::string range_end_of(std::string_view prefix) {
  while (prefix.ends_with('\xff')) prefix.remove_suffix(1);
  if (prefix.empty()) return std::string(1, '\0');
  std::string end(prefix);
  ++end.back();
  return end;
}

std::string key_of(std::string_view name, LeaseId lease) { return prefix_of(name) + hex_of(lease); }

std::string_view election_of(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

namespace {
constexpr std::string_view kOncePrefix = "electctl-once:";
}

std::string once_prefix_of(std::string_view key) {
  if (!key.starts_with(kOncePrefix)) return {};
  const auto name_end = key.find(':', kOncePrefix.size());
  return name_end == std::string_view::npos ? std::string() : std::string(key.substr(0, name_end + 1));
}

std::string once_key_of(std::string_view name, std::string_view id) {
  std::string key(kOncePrefix);
  for (const std::string_view part : {name, id}) {
    if (key.size() > kOncePrefix.size()) key += ':';
    for (const char byte : part) {
      if (byte == '/' || byte == ':' || byte == '%') {
        fmt::format_to(std::back_inserter(key), "%{:02X}", static_cast<unsigned char>(byte));
      } else {
        key += byte;
      }
    }
  }
  return key;
}

std::optional<std::string> once_id_of(std::string_view name, std::string_view key) {
  const std::string prefix = once_key_of(name, {});
  if (!key.starts_with(prefix)) return std::nullopt;
  key.remove_prefix(prefix.size());
  std::string id;
  while (!key.empty()) {
    unsigned byte = 0;
    const bool encoded = key.size() >= 3 && key.front() == '%' &&
                         std::from_chars(key.data() + 1, key.data() + 3, byte, 16).ptr == key.data() + 3;
    id += encoded ? static_cast<char>(byte) : key.front();
    key.remove_prefix(encoded ? 3 : 1);
  }
  return id;
}

std::string hex_of(LeaseId lease) { return fmt::format("{:x}", lease); }

Result<LeaseId> parse_lease(std::string_view hex) {
  LeaseId lease = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), lease, 16);
  if (error != std::errc{} || end != hex.data() + hex.size() || lease == 0) {
    return fail(
        Errc::usage,
        fmt::format("invalid lease ID '{}': write a hex number without 0x, of at most 63 bits, not 0", printable(hex)));
  }
  return lease;
}

}  // namespace elect
