// One call, from a client to etcd and back, with the fault that the plan has for it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plan.h"
#include "timer.h"

namespace callproxy {

// Shared by all calls of one endpoint.
struct Surroundings {
  std::shared_ptr<grpc::GenericStub> etcd;
  Timer& timer;
  std::function<void(const std::string&)> say;           // Prints one line. Thread-safe.
  std::function<void(const std::string& peer)> cut_off;  // Cuts the connection of that peer.
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Surroundings& surroundings, grpc::GenericCallbackServerContext* context, Plan::Numbered numbered);

  // "Range" of "/etcdserverpb.KV/Range".
  [[nodiscard]] static std::string name_of(const std::string& method);

  // Exists until both of its sides are done.
  [[nodiscard]] grpc::ServerGenericBidiReactor* begin();

 private:
  // The client's side. Each of its callbacks calls the exchange.
  struct ClientSide : grpc::ServerGenericBidiReactor {
    explicit ClientSide(Exchange& owner) : exchange(owner) {}
    void OnReadDone(bool ok) override { exchange.request_read(ok); }
    void OnWriteDone(bool ok) override { exchange.answer_sent(ok); }
    void OnCancel() override { exchange.cancelled(); }
    void OnDone() override { exchange.client_done(); }
    Exchange& exchange;
  };
  // etcd's side.
  struct EtcdSide : grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
    explicit EtcdSide(Exchange& owner) : exchange(owner) {}
    void OnReadDone(bool ok) override { exchange.answer_read(ok); }
    void OnWriteDone(bool ok) override { exchange.request_sent(ok); }
    void OnDone(const grpc::Status& status) override { exchange.etcd_done(status); }
    Exchange& exchange;
  };

  void request_read(bool ok);
  void answer_sent(bool ok);
  void cancelled();
  void client_done();
  void answer_read(bool ok);
  void request_sent(bool ok);
  void etcd_done(const grpc::Status& status);

  // Call all of these with mutex_ held.
  void apply_before();
  void apply_after(grpc::ByteBuffer* answer);
  void finish(grpc::Status status);
  void end_without_status();
  void start_etcd();
  void send_to_etcd();
  void send_to_client();
  [[nodiscard]] bool fault_is_due() const;
  void say_fault() const;

  Surroundings& surroundings_;
  grpc::GenericCallbackServerContext* context_;
  const std::string method_;  // As in gRPC: /etcdserverpb.KV/Range.
  const std::string name_;    // Its last part.
  const int call_;
  std::optional<Fault> fault_;

  // Recursive: gRPC may run a callback inside the call that causes it.
  std::recursive_mutex mutex_;
  ClientSide client_{*this};
  EtcdSide etcd_{*this};
  std::shared_ptr<Exchange> alive_for_client_;
  std::shared_ptr<Exchange> alive_for_etcd_;
  grpc::ClientContext etcd_context_;

  grpc::ByteBuffer request_;
  std::deque<grpc::ByteBuffer> unsent_requests_;
  bool etcd_started_ = false;
  bool etcd_ended_ = false;          // etcd will send nothing more.
  bool sending_request_ = false;     // A message to etcd is being sent.
  bool client_half_closed_ = false;  // The client has half-closed.
  bool half_closed_ = false;         // We have half-closed, too.

  grpc::ByteBuffer answer_;
  int answers_ = 0;
  std::deque<grpc::ByteBuffer> unsent_answers_;
  std::optional<grpc::Status> finish_;
  bool finished_ = false;
  bool sending_answer_ = false;  // A message to the client is being sent.
  bool held_ = false;            // For now nothing is sent to the client.
  bool headers_sent_ = false;
  bool silent_ = false;                // Nothing is sent to the client any more.
  bool finish_at_half_close_ = false;  // Finish with OK as soon as the client has half-closed.
  bool client_gone_ = false;           // It has cancelled or disconnected.
  bool client_done_ = false;
};

}  // namespace callproxy
