#include "wire/permission.h"

#include <algorithm>

#include <fmt/format.h>

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

std::string missing_permission(std::string_view user, bool write, const KeySpan& where, const Needs& needs) {
  const auto text_of = [](const KeySpan& range) {
    return range.range_end.empty() ? fmt::format("'{}'", printable(range.key))
                                   : fmt::format("'{}' '{}'", printable(range.key), printable(range.range_end));
  };
  const auto covering = std::ranges::find_if(
      needs.read, [&](const KeySpan& range) { return range.key <= where.key && where.key < range.range_end; });
  const KeySpan& grant = covering != needs.read.end() ? *covering : where;
  const std::string place = where.range_end.empty() ? fmt::format("the key '{}'", printable(where.key))
                                                    : fmt::format("the keys from '{}' to '{}'", printable(where.key),
                                                                  printable(where.range_end));
  return fmt::format(
      "permission denied: {} has no {} permission on {}; grant it to a role of theirs: etcdctl role "
      "grant-permission ROLE {} {}",
      user, write ? "write" : "read", place, needs.write.empty() ? "read" : "readwrite", text_of(grant));
}

}  // namespace elect
