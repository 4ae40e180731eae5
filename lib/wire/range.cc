#include "wire/range.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "wire/convert.h"
#include "wire/watcher.h"

namespace elect {
namespace {

Result<Snapshot> read_plainly(Connection& connection, const KeyRange& range, const Query& query, const Until& until) {
  auto request = in_queue_order(range);
  request.set_revision(query.revision);
  request.set_limit(query.limit);
  request.set_serializable(query.serializable);
  request.set_keys_only(query.keys_only);
  if (query.by_key) {
    request.set_sort_target(etcdserverpb::RangeRequest::KEY);
    request.set_sort_order(etcdserverpb::RangeRequest::NONE);
  }
  google::protobuf::Arena arena;  // Frees thousands of small messages at once.
  auto& response = *google::protobuf::Arena::CreateMessage<etcdserverpb::RangeResponse>(&arena);
  auto called = connection.call(&etcdserverpb::KV::Stub::Range, request, response, until);
  if (!called) return std::unexpected(called.error());
  Snapshot snapshot{header_of(response.header()), {}, response.count()};
  snapshot.candidates.reserve(static_cast<std::size_t>(response.kvs_size()));
  for (auto& kv : *response.mutable_kvs()) snapshot.candidates.push_back(candidate_of(std::move(kv)));
  return snapshot;
}

std::string not_yet(Revision wanted, Revision latest) {
  return fmt::format("revision {} does not exist yet (the store is at {})", wanted, latest);
}

// A watch that starts too early is refused with the oldest revision. A read is refused without it.
Result<Revision> oldest_after(Connection& connection, const KeyRange& range, Revision gone, const Until& until) {
  const auto watcher = Watcher::open(connection, until);
  if (!watcher) return std::unexpected(watcher.error());
  (*watcher)->add(1, {range.begin, range.end, gone, false});
  for (;;) {
    const auto next = (*watcher)->next(until);
    if (!next) return std::unexpected(next.error());
    if (const auto* compacted = std::get_if<Watcher::Compacted>(&*next)) return compacted->oldest;
    if (std::holds_alternative<Watcher::Late>(*next)) {
      return fail(Errc::timeout, "etcd did not say in time which revision is its oldest");
    }
  }
}

}  // namespace

KeyRange keys_below(const std::string& prefix) {
  // A key is never empty: the first possible key is the byte 0.
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

Error with_revisions(Error error, Connection& connection, const KeyRange& range, Revision wanted, const Until& until) {
  if (error.code == Errc::future_revision) {
    const auto latest = read_plainly(connection, range, {.limit = 1, .keys_only = true}, until);
    if (latest) error.message = not_yet(wanted, latest->header.revision);
  } else if (error.code == Errc::compacted) {
    const auto oldest = oldest_after(connection, range, wanted, connection.for_one_call(until));
    if (oldest) return compacted(wanted, *oldest);
  }
  return error;
}

Result<Snapshot> read_range(Connection& connection, const KeyRange& range, const Query& query, const Until& until) {
  auto snapshot = read_plainly(connection, range, query, until);
  if (snapshot) return snapshot;
  return std::unexpected(with_revisions(std::move(snapshot.error()), connection, range, query.revision, until));
}

Result<Revision> oldest_revision(Connection& connection, const KeyRange& range, const Until& until) {
  const auto at_first = read_plainly(connection, range, {.revision = 1, .limit = 1, .keys_only = true}, until);
  if (at_first) return 1;
  if (at_first.error().code != Errc::compacted) return std::unexpected(at_first.error());
  return oldest_after(connection, range, 1, until);
}

Error compacted(Revision wanted, Revision oldest) {
  return {
      Errc::compacted, fmt::format("revision {} has been compacted; the oldest one left is {}", wanted, oldest), {}};
}

}  // namespace elect
