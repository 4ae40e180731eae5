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
  const grpc::Slice whole(text.replace(at, old_bytes.size(), new_bytes));
  bytes = grpc::ByteBuffer(&whole, 1);
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
  client_.StartRead(&asking_);
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
      down_.push_back(no_bytes());
      ends_empty_ = true;
      return pump_down();
    case Fault::What::silence:
      return;
    case Fault::What::cut:
      return surroundings_.cut_off(context_->peer());
    case Fault::What::hold:
      // A unary call goes on even if the client has given up: it reaches etcd late. A stream does not.
      surroundings_.timer.after(fault_->hold, [self = shared_from_this()] {
        const std::lock_guard lock(self->mutex_);
        if (!self->given_up_ || self->asked_all_) self->start_etcd();
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
    down_.push_back(std::move(*answer));
    return pump_down();
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
      down_.push_back(no_bytes());
      return pump_down();
    case Fault::What::silence:
      silent_ = true;
      return;
    case Fault::What::cut:
      silent_ = true;
      if (!client_done_) surroundings_.cut_off(context_->peer());
      return;
    case Fault::What::hold:
      if (answer != nullptr) down_.push_back(std::move(*answer));
      held_ = true;
      surroundings_.timer.after(fault_->hold, [self = shared_from_this()] {
        const std::lock_guard lock(self->mutex_);
        self->held_ = false;
        self->pump_down();
      });
      return;
    case Fault::What::alter:
      return;
  }
}

// The end without a status must come after the headers: see relay.h.
void Exchange::end_without_status() {
  if (finish_ || client_done_) return;
  if (!std::exchange(begun_to_tell_, true)) client_.StartSendInitialMetadata();
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
  pump_up();
  etcd_.StartCall();
}

void Exchange::pump_up() {
  if (!etcd_started_ || etcd_over_ || passing_on_) return;
  if (!up_.empty()) {
    passing_on_ = true;
    etcd_.StartWrite(&up_.front());
  } else if (asked_all_ && !passed_all_) {
    passed_all_ = true;
    etcd_.StartWritesDone();
  }
}

void Exchange::pump_down() {
  if (finished_ || telling_) return;
  if (given_up_) {
    finished_ = true;
    return client_.Finish(grpc::Status::CANCELLED);
  }
  if (held_ || silent_) return;
  if (!down_.empty()) {
    telling_ = begun_to_tell_ = true;
    return client_.StartWrite(&down_.front());
  }
  if (ends_empty_ && asked_all_) finish_ = grpc::Status::OK;
  if (finish_) {
    finished_ = true;
    client_.Finish(*finish_);
  }
}

void Exchange::finish(grpc::Status status) {
  if (!finish_) finish_ = std::move(status);
  pump_down();
}

void Exchange::asked(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  if (ok) {
    up_.push_back(std::move(asking_));
    asking_ = {};
    client_.StartRead(&asking_);
  } else {
    asked_all_ = true;
    if (ends_empty_) pump_down();
  }
  pump_up();
}

void Exchange::told(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  telling_ = false;
  down_.pop_front();
  if (!ok) given_up_ = true;
  pump_down();
}

void Exchange::given_up() {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  given_up_ = true;
  if (etcd_started_) etcd_context_.TryCancel();
  pump_down();
}

void Exchange::client_done() {
  std::shared_ptr<Exchange> self;
  const std::lock_guard lock(mutex_);
  client_done_ = true;
  self = std::move(alive_for_client_);
}

void Exchange::answered(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  if (!ok) {
    etcd_over_ = true;
    return;
  }
  ++answers_;
  surroundings_.say("answered " + name_ + " " + std::to_string(call_) + " " + std::to_string(answers_));
  if (fault_is_due()) {
    apply_after(&answer_);
  } else if (!finish_) {
    down_.push_back(std::move(answer_));
    pump_down();
  }
  answer_ = {};
  etcd_.StartRead(&answer_);
}

void Exchange::passed_on(bool ok) {
  const auto self = shared_from_this();
  const std::lock_guard lock(mutex_);
  passing_on_ = false;
  up_.pop_front();
  if (ok) pump_up();
}

void Exchange::etcd_done(const grpc::Status& status) {
  std::shared_ptr<Exchange> self;
  const std::lock_guard lock(mutex_);
  etcd_over_ = true;
  if (!status.ok() && !given_up_ && !finish_) {
    ++answers_;
    if (fault_is_due()) apply_after(nullptr);
  }
  finish(status);
  self = std::move(alive_for_etcd_);
}

}  // namespace callproxy
