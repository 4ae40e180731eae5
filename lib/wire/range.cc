#include "wire/range.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "wire/convert.h"
#include "wire/watcher.h"

namespace elect {
namespace {

// A watch that begins too early is refused with the oldest revision; a read is refused without it.
Error with_oldest(Connection& connection, const KeyRange& range, Revision wanted, Error error,
                  const std::stop_token& stop) {
  const Until until = within(connection.options().command_timeout, stop);
  const auto watcher = Watcher::open(connection, until);
  if (!watcher) return error;
  (*watcher)->add(1, {range.begin, range.end, wanted, false});
  const auto next = (*watcher)->next(until);
  const auto* found = next ? std::get_if<Watcher::Compacted>(&*next) : nullptr;
  return found != nullptr ? compacted(wanted, found->oldest) : error;
}

}  // namespace

KeyRange keys_below(const std::string& prefix) {
  // A key is never empty: the first one of all is the byte 0.
  return {prefix.empty() ? std::string(1, '\0') : prefix, range_end_of(prefix)};
}

etcdserverpb::RangeRequest in_queue_order(const KeyRange& range) {
  etcdserverpb::RangeRequest request;
  request.set_key(range.begin);
  request.set_range_end(range.end);
  request.set_sort_target(etcdserverpb::RangeRequest::CREATE);
  request.set_sort_order(etcdserverpb::RangeRequest::ASCEND);
  return request;
}

Result<Snapshot> read_range(Connection& connection, const KeyRange& range, const Query& query,
                            const std::stop_token& stop) {
  auto request = in_queue_order(range);
  request.set_revision(query.revision);
  request.set_limit(query.limit);
  request.set_serializable(query.serializable);
  request.set_keys_only(query.keys_only);
  google::protobuf::Arena arena;  // Thousands of small messages, all gone at once.
  auto& response = *google::protobuf::Arena::CreateMessage<etcdserverpb::RangeResponse>(&arena);
  auto called = connection.call(&etcdserverpb::KV::Stub::Range, request, response, {stop, {}});
  if (!called && called.error().code == Errc::compacted) {
    return std::unexpected(with_oldest(connection, range, query.revision, called.error(), stop));
  }
  if (!called) return std::unexpected(called.error());
  Snapshot snapshot{header_of(response.header()), {}, response.count()};
  snapshot.candidates.reserve(static_cast<std::size_t>(response.kvs_size()));
  for (auto& kv : *response.mutable_kvs()) snapshot.candidates.push_back(candidate_of(std::move(kv)));
  return snapshot;
}

Error compacted(Revision wanted, Revision oldest) {
  return {
      Errc::compacted, fmt::format("revision {} has been compacted; the oldest to be had is {}", wanted, oldest), {}};
}

}  // namespace elect
