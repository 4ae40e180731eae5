#include "wire/watcher.h"

#include <fmt/format.h>

#include "elect/thread.h"
#include "wire/convert.h"
#include "wire/status.h"

namespace elect {

Result<std::unique_ptr<Watcher>> Watcher::open(Connection& connection, const Until& until) {
  const auto found = connection.current(until);
  if (!found) return std::unexpected(found.error());
  const std::shared_ptr<Link>& link = *found;
  std::unique_ptr<Watcher> watcher(new Watcher(connection, link));
  auto token = connection.authenticate(watcher->context_, *link, {until.stop, connection.limit(until)});
  if (!token) {
    if (token.error().code == Errc::unavailable || token.error().code == Errc::timeout) connection.leave(link);
    return std::unexpected(token.error());
  }
  watcher->token_ = *std::move(token);
  // A member that lost its quorum would keep the stream and stay silent.
  watcher->context_.AddMetadata("hasleader", "true");
  etcdserverpb::Watch::Stub stub(link->channel);
  watcher->stream_ = stub.Watch(&watcher->context_);
  auto reader = start_thread([raw = watcher.get()] { raw->read(); });
  if (!reader) {
    watcher->context_.TryCancel();
    (void)watcher->stream_->Finish();
    return std::unexpected(reader.error());
  }
  watcher->reader_ = *std::move(reader);
  return watcher;
}

Watcher::~Watcher() {
  context_.TryCancel();
  if (reader_.joinable()) reader_.join();
}

void Watcher::add(std::int64_t id, const Target& target) {
  etcdserverpb::WatchRequest request;
  auto& create = *request.mutable_create_request();
  create.set_watch_id(id);
  create.set_key(target.key);
  create.set_range_end(target.range_end);
  create.set_start_revision(target.from);
  create.set_fragment(true);
  if (target.only_removals) create.add_filters(etcdserverpb::WatchCreateRequest::NOPUT);
  stream_->Write(request);
}

void Watcher::cancel(std::int64_t id) {
  etcdserverpb::WatchRequest request;
  request.mutable_cancel_request()->set_watch_id(id);
  stream_->Write(request);
}

void Watcher::read() {
  {
    const std::stop_callback moved_on(link_->left.get_token(), [this] { context_.TryCancel(); });
    etcdserverpb::WatchResponse response;
    while (stream_->Read(&response)) take(std::move(response));
  }
  const grpc::Status status = stream_->Finish();
  if (status.error_code() == grpc::UNAVAILABLE) connection_.leave(link_);
  auto error = status.ok() ? Error{Errc::unavailable, "the server ended the watch", link_->endpoint}
                           : error_from(status, "watch", link_->endpoint, connection_.options());
  if (is_stale_token(status, connection_.options())) {
    connection_.forget_token(token_);
    error.code = Errc::unavailable;
  }
  connection_.log(fmt::format("watch on {} ended: {}", link_->endpoint, error.message));
  deliver(std::unexpected(std::move(error)));
}

void Watcher::deliver(Result<Next> item) {
  {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  arrived_.notify_one();
}

void Watcher::take(etcdserverpb::WatchResponse&& response) {
  if (!response.has_header()) {
    connection_.leave(link_);
    return deliver(fail(Errc::unavailable, not_an_answer().error_message(), link_->endpoint));
  }
  if (response.canceled()) {
    if (response.compact_revision() > 0) {
      deliver(Compacted{response.watch_id(), response.compact_revision()});
    } else if (!response.cancel_reason().empty()) {
      // Without a reason it answers our own cancel. A token that has gone stale is worded as a lack of permission.
      connection_.forget_token(token_);
      deliver(fail(Errc::unavailable, fmt::format("the server ended the watch: {}", response.cancel_reason()),
                   link_->endpoint));
    }
    return;
  }
  if (response.created()) answered_ = true;
  Batch& batch = unfinished_[response.watch_id()];
  batch.id = response.watch_id();
  batch.header = header_of(response.header());
  for (auto& event : *response.mutable_events()) {
    batch.events.push_back({event.type() == mvccpb::Event::DELETE ? Event::Type::removed : Event::Type::put,
                            candidate_of(std::move(*event.mutable_kv()))});
  }
  if (response.fragment()) return;
  if (!batch.events.empty()) deliver(std::move(batch));
  unfinished_.erase(response.watch_id());
}

Result<Watcher::Next> Watcher::next(const Until& until) {
  std::unique_lock lock(mutex_);
  const auto some = [this] { return !items_.empty(); };
  // The condition variable knows no boot clock: a machine that slept finds its deadline late, but never waits on.
  if (until.deadline) {
    arrived_.wait_for(lock, until.stop, std::max(*until.deadline - BootClock::now(), BootClock::duration::zero()),
                      some);
  } else {
    arrived_.wait(lock, until.stop, some);
  }
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  if (!some()) return Late{};
  Result<Next> item = std::move(items_.front());
  items_.pop_front();
  if (!item) items_.push_front(item);
  return item;
}

}  // namespace elect
