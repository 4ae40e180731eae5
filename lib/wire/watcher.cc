#include "wire/watcher.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "elect/text.h"
#include "elect/thread.h"
#include "wire/convert.h"
#include "wire/status.h"
#include "wire/under_way.h"

namespace elect {
namespace {

std::size_t size_of(const Watcher::Batch& batch) {
  std::size_t size = 0;
  for (const Event& event : batch.events) {
    size += sizeof(Event) + event.candidate.key.size() + event.candidate.value.size();
  }
  return size;
}

}  // namespace

Watcher::Watcher(Connection& connection, std::shared_ptr<Link> link)
    : connection_(connection),
      link_(std::move(link)),
      creation_deadline_(saturating_add(BootClock::now(), connection.longest_silence())) {}

Result<std::unique_ptr<Watcher>> Watcher::open(Connection& connection, const Until& until) {
  const Until whole{until.stop, connection.deadline_of_call(until)};
  const UnderWay opening(*whole.deadline);
  const auto found = connection.current(whole);
  if (!found) return std::unexpected(found.error());
  const std::shared_ptr<Link>& link = *found;
  std::unique_ptr<Watcher> watcher(new Watcher(connection, link));
  auto token = connection.authenticate(watcher->context_, *link, whole);
  if (!token) {
    if (token.error().code == Errc::unavailable || token.error().code == Errc::timeout) connection.leave(link);
    return std::unexpected(token.error());
  }
  watcher->auth_token_ = *std::move(token);
  // Without this, a member that lost its quorum keeps the stream open and sends nothing.
  watcher->context_.AddMetadata("hasleader", "true");
  etcdserverpb::Watch::Stub stub(link->channel);
  watcher->stream_ = stub.PrepareAsyncWatch(&watcher->context_, &watcher->completions_);
  // A server whose progress can be trusted does not answer this: there is no watch yet.
  watcher->unsent_.emplace_back().mutable_progress_request();
  auto reader = start_thread([raw = watcher.get()] { raw->run(); });
  if (!reader) return std::unexpected(reader.error());
  watcher->stream_->StartCall(tag(Step::started));
  watcher->reader_ = *std::move(reader);
  return watcher;
}

Watcher::~Watcher() {
  if (!reader_.joinable()) return;
  const UnderWay ending(BootClock::now());
  request_stop();
  reader_.join();
}

void Watcher::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = true;
    read_next();  // Without a read in progress the end of the stream is not reported.
  }
  context_.TryCancel();
}

void Watcher::add(std::int64_t id, const Target& target) {
  etcdserverpb::WatchRequest request;
  auto& create = *request.mutable_create_request();
  create.set_watch_id(id);
  create.set_key(target.key);
  create.set_range_end(target.range_end);
  create.set_start_revision(target.from);
  create.set_fragment(true);
  create.set_progress_notify(true);  // The server also reports progress every ten minutes by itself.
  if (target.only_removals) create.add_filters(etcdserverpb::WatchCreateRequest::NOPUT);
  send(std::move(request));
}

void Watcher::cancel(std::int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.insert(id);
  }
  etcdserverpb::WatchRequest request;
  request.mutable_cancel_request()->set_watch_id(id);
  send(std::move(request));
}

bool Watcher::is_cancelled(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  return cancelled_.contains(id);
}

void Watcher::ask_for_progress() {
  if (progress_is_trusted() == false) return;
  etcdserverpb::WatchRequest request;
  request.mutable_progress_request();
  send(std::move(request));
}

std::optional<bool> Watcher::progress_is_trusted() const {
  if (!watch_created_) return std::nullopt;
  return !progress_untrusted_;
}

void Watcher::send(etcdserverpb::WatchRequest&& request) {
  const std::lock_guard lock(mutex_);
  unsent_.push_back(std::move(request));
  write_next();
}

void Watcher::write_next() {
  if (writing_ || ending_ || unsent_.empty()) return;
  writing_ = true;
  stream_->Write(unsent_.front(), tag(Step::wrote));
  unsent_.pop_front();
}

void Watcher::read_next() {
  if (reading_ || ending_ || (unread_bytes_ >= kMaxUnread && !stop_requested_)) return;
  reading_ = true;
  stream_->Read(&response_, tag(Step::read));
}

void Watcher::run() {
  const std::stop_callback on_link_failure(link_->failed.get_token(), [this] { context_.TryCancel(); });
  void* at = nullptr;
  bool ok = false;
  while (completions_.Next(&at, &ok)) on_step(static_cast<Step>(reinterpret_cast<std::intptr_t>(at)), ok);
}

void Watcher::on_step(Step step, bool ok) {
  if (step == Step::finished) return on_finished();
  if (step == Step::read && ok) on_response(std::move(response_));
  const std::lock_guard lock(mutex_);
  if (step != Step::wrote) reading_ = false;
  if (step != Step::read) writing_ = false;
  if (ok) {
    write_next();
    read_next();
  } else if (step != Step::wrote && !ending_) {  // A failed write needs no action: the read fails, too.
    ending_ = true;
    stream_->Finish(&status_, tag(Step::finished));
  }
}

void Watcher::on_finished() {
  completions_.Shutdown();
  bool by_us = false;
  {
    const std::lock_guard lock(mutex_);
    by_us = stop_requested_;
  }
  const bool try_another = another_may_be_etcd(status_, connection_.options());
  if (!by_us && (status_.ok() || try_another || is_retryable(status_))) connection_.leave(link_);
  auto error = status_.ok() ? Error{Errc::unavailable, "etcd ended the watch", link_->endpoint}
                            : error_from(status_, "watch", link_->endpoint, connection_.options());
  // Retry only if a new token can be fetched.
  const bool new_token =
      is_stale_auth_token(status_, connection_.options()) && connection_.forget_auth_token(auth_token_);
  if (try_another || new_token) error.code = Errc::unavailable;
  connection_.log(fmt::format("watch on {} ended: {}", link_->endpoint, printable(status_.error_message())));
  deliver(std::unexpected(std::move(error)));
}

void Watcher::deliver(Result<Next> item) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* batch = item ? std::get_if<Batch>(&*item) : nullptr) unread_bytes_ += size_of(*batch);
    items_.push_back(std::move(item));
  }
  item_arrived_.notify_one();
}

void Watcher::on_response(etcdserverpb::WatchResponse&& response) {
  if (!response.has_header()) {
    connection_.leave(link_);
    return deliver(fail(Errc::unavailable, not_an_answer().error_message(), link_->endpoint));
  }
  if (response.canceled()) {
    if (response.compact_revision() > 0) {
      deliver(Compacted{response.watch_id(), response.compact_revision()});
    } else if (!response.cancel_reason().empty() || !is_cancelled(response.watch_id())) {
      // etcd reports a stale token as a missing permission.
      connection_.forget_auth_token(auth_token_);
      const std::string& reason = response.cancel_reason();
      deliver(fail(Errc::unavailable,
                   fmt::format("etcd ended the watch: {}", reason.empty() ? "it gives no reason" : reason),
                   link_->endpoint));
    }
    return;
  }
  if (response.created()) {
    watch_created_ = true;
  } else if (response.events().empty() && !response.fragment() && !unfinished_.contains(response.watch_id())) {
    // watch_id below 0: the answer to our progress request, for all watches. Otherwise: one watch, sent unasked.
    const bool asked_for = response.watch_id() < 0;
    if (asked_for && !watch_created_) progress_untrusted_ = true;
    if (!asked_for || (watch_created_ && !progress_untrusted_)) deliver(Progress{response.header().revision()});
    return;
  }
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
  for (;;) {
    BootTime wake = until.deadline.value_or(BootTime::max());
    if (!watch_created_) wake = std::min(wake, creation_deadline_);
    if (wait_on_boot_clock(item_arrived_, lock, wake, until.stop, some)) break;
    if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    if (until.deadline && BootClock::now() >= *until.deadline) return Late{};
    if (watch_created_) continue;
    lock.unlock();
    connection_.leave(link_);
    return fail(Errc::unavailable, "etcd did not start the watch in time", link_->endpoint);
  }
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  Result<Next> item = std::move(items_.front());
  items_.pop_front();
  if (!item) {
    items_.push_front(item);
  } else if (const auto* batch = std::get_if<Batch>(&*item)) {
    unread_bytes_ -= size_of(*batch);
    read_next();
  }
  return item;
}

}  // namespace elect
