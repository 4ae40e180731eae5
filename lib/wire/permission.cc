#include "wire/permission.h"

#include <algorithm>

#include <fmt/format.h>

#include "elect/names.h"
#include "elect/text.h"

namespace elect {

Needs needs_of(const etcdserverpb::RangeRequest& request) { return {{{request.key(), request.range_end()}}, {}}; }

Needs needs_of(const etcdserverpb::TxnRequest& request) {
  Needs needs;
  for (const auto& compare : request.compare()) needs.read.push_back({compare.key(), {}});
  for (const auto* operations : {&request.success(), &request.failure()}) {
    for (const auto& operation : *operations) {
      if (operation.has_request_range()) {
        needs.read.push_back({operation.request_range().key(), operation.request_range().range_end()});
      }
      if (operation.has_request_put()) needs.write.push_back({operation.request_put().key(), {}});
      if (operation.has_request_delete_range()) {
        needs.write.push_back({operation.request_delete_range().key(), operation.request_delete_range().range_end()});
      }
    }
  }
  return needs;
}

namespace {

constexpr std::string_view kNul("\0", 1);

// The keys for which to suggest a grant. For a record of --once: the records of all IDs of its election.
KeyRange wider(const KeyRange& where) {
  const std::string records = once_prefix_of(where.begin);
  return records.empty() ? where : KeyRange{records, range_end_of(records)};
}

std::string in_words(const KeyRange& range) {
  if (range.end.empty()) return fmt::format("the key '{}'", printable(range.begin));
  const bool to_the_last = range.end == kNul;
  if (to_the_last && range.begin == kNul) return "all keys";
  if (to_the_last) return fmt::format("the keys from '{}' on", printable(range.begin));
  return fmt::format("the keys from '{}' to '{}'", printable(range.begin), printable(range.end));
}

// As arguments for etcdctl, quoted for any shell. The bytes that mean "from the first key" and "to the last key" cannot
// be arguments.
std::string for_etcdctl(const KeyRange& range) {
  const std::string_view key = range.begin == kNul ? "" : std::string_view(range.begin);
  const std::string quoted = shell_quoted(key);
  const bool is_like_option = key.starts_with('-');
  const std::string_view behind = is_like_option ? "-- " : "";
  if (range.end == kNul) return is_like_option ? "--from-key -- " + quoted : quoted + " --from-key";
  if (range.end.empty()) return fmt::format("{}{}", behind, quoted);
  return fmt::format("{}{} {}", behind, quoted, shell_quoted(range.end));
}

}  // namespace

std::string missing_permission(std::string_view user, bool write, const KeyRange& where, const Needs& needs) {
  const auto covering = std::ranges::find_if(
      needs.read, [&](const KeyRange& range) { return range.begin <= where.begin && where.begin < range.end; });
  const KeyRange grant = covering != needs.read.end() ? *covering : wider(where);
  return fmt::format(
      "permission denied: {} has no {} permission on {}; grant it to one of this user's roles: "
      "etcdctl role grant-permission ROLE {} {}",
      user, write ? "write" : "read", in_words(where), needs.write.empty() ? "read" : "readwrite", for_etcdctl(grant));
}

}  // namespace elect
