#include "exchange.h"

#include <utility>
#include <vector>

#include "relay.h"

namespace callproxy {
namespace {

// Metadata that gRPC itself adds to a call. The client did not send it.
bool is_own(std::string_view key) {
  return key.starts_with("grpc-") || key.starts_with(":") || key == "user-agent" || key == "te" ||
         key == "content-type";
}

grpc::ByteBuffer no_bytes() {
  const grpc::Slice slice;
  return {&slice, 1};
}

// False: `old_bytes` does not occur in `bytes`.
bool alter(grpc::ByteBuffer& bytes, const std::string& old_bytes, const std::string& new_bytes) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return false;
  std::string text;
  for (const auto& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  const auto at = text.find(old_bytes);
  if (at == std::string::npos) return false;
  const grpc::Slice changed(text.replace(at, old_bytes.size(), new_bytes));
  bytes = grpc::ByteBuffer(&changed, 1);
  return true;
}

}  // namespace

std::string Exchange::name_of(const std::string& method) { return method.substr(method.rfind('/') + 1); }

Exchange::Exchange(Surroundings& surroundings, grpc::GenericCallbackServerContext* context, Plan::Numbered numbered)
    : surroundings_(surroundings),
      context_(context),
      method_(context->method()),
      name_(name_of(method_)),
      call_(numbered.call),
      fault_(std::move(numbered.fault)) {
  for (const auto& [key, value] : context->client_metadata()) {
    if (is_own({key.data(), key.size()})) continue;
    etcd_context_.AddMetadata({key.data(), key.size()}, {value.data(), value.size()});
  }
}

grpc::ServerGenericBidiReactor* Exchange::begin() {
  const std::lock_guard lock(mutex_);
  alive_for_client_ = shared_from_this();
  client_.StartRead(&request_);
  if (fault_ && fault_->when == Fault::When::before) {
    apply_before();
  } else {
    start_etcd();
  }
  return &client_;
}

void Exchange::say_fault() const { surroundings_.say("fault " + name_ + " " + std::to_string(call_)); }

void Exchange::apply_before() {
  say_fault();
  switch (fault_->what) {
    case Fault::What::status:
      return finish({static_cast<grpc::StatusCode>(fault_->code), fault_->text});
    case Fault::What::end:
      return end_without_status();
    case Fault::What::empty:
      unsent_answers_.push_back(no_bytes());
      finish_at_half_close_ = true;
      return send_to_client();
    case Fault::What::silence:
      return;
    case Fault::What::cut:
      return surroundings_.cut_off(context_->peer());
    case Fault::What::hold:
      // A unary call goes on even if the client is gone: it reaches etcd late. A stream does not.
      surroundings_.timer.after(fault_->hold, [self = shared_from_this()] {
        const std::lock_guard lock(self->mutex_);
        if (!self->client_gone_ || self->client_half_closed_) self->start_etcd();
      });
      return;
    case Fault::What::alter:
      return;  // "before" cannot occur here: see parse_rule().
  }
}

// `answer`: the next one. nullptr: a failure takes its place.
void Exchange::apply_after(grpc::ByteBuffer* answer) {
  if (fault_->what == Fault::What::alter) {
    if (answer == nullptr) return;
    if (alter(*answer, fault_->old_bytes, fault_->new_bytes)) say_fault();
    unsent_answers_.push_back(std::move(*answer));
    return send_to_client();
  }
  say_fault();
  switch (fault_->what) {
    case Fault::What::status:
      finish({static_cast<grpc::StatusCode>(fault_->code), fault_->text});
      return etcd_context_.TryCancel();
    case Fault::What::end:
      end_without_status();
      return etcd_context_.TryCancel();
    case Fault::What::empty:
      unsent_answers_.push_back(no_bytes());
      return send_to_client();
    case Fault::What::silence:
      silent_ = true;
      return;
    case Fault::What::cut:
      silent_ = true;
      if (!client_done_) surroundings_.cut_off(context_->peer());
      return;
    case Fault::What::hold:
      if (answer != nullptr) unsent_answers_.push_back(std::move(*answer));
      held_ = true;
      surroundings_.timer.after(fault_->hold, [self = shared_from_this()] {
        const std::lock_guard lock(self->mutex_);
        self->held_ = false;
        self->send_to_client();
      });
      return;
    case Fault::What::alter:
      return;
  }
}

// The end without a status must come after the headers: see relay.h.
void Exchange::end_without_status() {
  if (finish_ || client_done_) return;
  if (!std::exchange(headers_sent_, true)) client_.StartSendInitialMetadata();
  context_->AddTrailingMetadata(std::string(kNoStatus), "1");
  finish(grpc::Status::OK);
}

bool Exchange::fault_is_due() const {
  return fault_ && fault_->when == Fault::When::after && fault_->answer == answers_;
}

void Exchange::start_etcd() {
  alive_for_etcd_ = shared_from_this();
  surroundings_.etcd->PrepareBidiStreamingCall(&etcd_context_, method_, {}, &etcd_);
  etcd_started_ = true;
  etcd_.StartRead(&answer_);
  send_to_etcd();
  etcd_.StartCall();
}

void Exchange::send_to_etcd() {
  if (!etcd_started_ || etcd_ended_ || sending_request_) return;
  if (!unsent_requests_.empty()) {
    sending_request_ = true;
    etcd_.StartWrite(&unsent_requests_.front());
  } else if (client_half_closed_ && !half_closed_) {
    half_closed_ = true;
    etcd_.StartWritesDone();
  }
}

void Exchange::send_to_client() {
  if (finished_ || sending_answer_) return;
  if (client_gone_) {
    finished_ = true;
    return client_.Finish(grpc::Status::CANCELLED);
  }
  if (held_ || silent_) return;
  if (!unsent_answers_.empty()) {
    sending_answer_ = headers_sent_ = true;
    return client_.StartWrite(&unsent_answers_.front());
  }
  if (finish_at_half_close_ && client_half_closed_) finish_ = grpc::Status::OK;
  if (finish_) {
    finished_ = true;
    client_.Finish(*finish_);
  }
}

void Exchange::finish(grpc::Status status) {
  if (!finish_) finish_ = std::move(status);
  send_to_client();
}

void Exchange::request_read(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  if (ok) {
    unsent_requests_.push_back(std::move(request_));
    request_ = {};
    client_.StartRead(&request_);
  } else {
    client_half_closed_ = true;
    if (finish_at_half_close_) send_to_client();
  }
  send_to_etcd();
}

void Exchange::answer_sent(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  sending_answer_ = false;
  unsent_answers_.pop_front();
  if (!ok) client_gone_ = true;
  send_to_client();
}

void Exchange::cancelled() {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  client_gone_ = true;
  if (etcd_started_) etcd_context_.TryCancel();
  send_to_client();
}

void Exchange::client_done() {
  std::shared_ptr<Exchange> self;
  const std::lock_guard lock(mutex_);
  client_done_ = true;
  self = std::move(alive_for_client_);
}

void Exchange::answer_read(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  if (!ok) {
    etcd_ended_ = true;
    return;
  }
  ++answers_;
  surroundings_.say("answered " + name_ + " " + std::to_string(call_) + " " + std::to_string(answers_));
  if (fault_is_due()) {
    apply_after(&answer_);
  } else if (!finish_) {
    unsent_answers_.push_back(std::move(answer_));
    send_to_client();
  }
  answer_ = {};
  etcd_.StartRead(&answer_);
}

void Exchange::request_sent(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  sending_request_ = false;
  unsent_requests_.pop_front();
  if (ok) send_to_etcd();
}

void Exchange::etcd_done(const grpc::Status& status) {
  std::shared_ptr<Exchange> self;
  const std::lock_guard lock(mutex_);
  etcd_ended_ = true;
  if (!status.ok() && !client_gone_ && !finish_) {
    ++answers_;
    if (fault_is_due()) apply_after(nullptr);
  }
  finish(status);
  self = std::move(alive_for_etcd_);
}

}  // namespace callproxy
