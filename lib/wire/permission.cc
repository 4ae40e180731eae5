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
KeySpan wider(const KeySpan& where) {
  const std::string records = once_prefix_of(where.key);
  return records.empty() ? where : KeySpan{records, range_end_of(records)};
}

std::string in_words(const KeySpan& range) {
  if (range.range_end.empty()) return fmt::format("the key '{}'", printable(range.key));
  const bool to_the_last = range.range_end == kNul;
  if (to_the_last && range.key == kNul) return "all keys";
  if (to_the_last) return fmt::format("the keys from '{}' on", printable(range.key));
  return fmt::format("the keys from '{}' to '{}'", printable(range.key), printable(range.range_end));
}

// As arguments for etcdctl, quoted for any shell. The bytes that mean "from the first key" and "to the last key" cannot
// be arguments.
std::string for_etcdctl(const KeySpan& range) {
  const std::string_view key = range.key == kNul ? "" : std::string_view(range.key);
  const std::string quoted = shell_quoted(key);
  const bool is_like_option = key.starts_with('-');
  const std::string_view behind = is_like_option ? "-- " : "";
  if (range.range_end == kNul) return is_like_option ? "--from-key -- " + quoted : quoted + " --from-key";
  if (range.range_end.empty()) return fmt::format("{}{}", behind, quoted);
  return fmt::format("{}{} {}", behind, quoted, shell_quoted(range.range_end));
}

}  // namespace

std::string missing_permission(std::string_view user, bool write, const KeySpan& where, const Needs& needs) {
  const auto covering = std::ranges::find_if(
      needs.read, [&](const KeySpan& range) { return range.key <= where.key && where.key < range.range_end; });
  const KeySpan grant = covering != needs.read.end() ? *covering : wider(where);
  return fmt::format(
      "permission denied: {} has no {} permission on {}; grant it to one of this user's roles: "
      "etcdctl role grant-permission ROLE {} {}",
      user, write ? "write" : "read", in_words(where), needs.write.empty() ? "read" : "readwrite", for_etcdctl(grant));
}

}  // namespace elect
