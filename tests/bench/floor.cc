// The least that a grpc program has to do for electctl's work: it makes the same calls, and does nothing else. It has
// no options, checks, second endpoint, deadlines, renewals or guard. The time that electctl takes beyond this is its
// own.
//
//   bench_floor leader ENDPOINT NAME              one Range; prints key and value
//   bench_floor campaign ENDPOINT NAME CMD        LeaseGrant, Txn, Watch, CMD, LeaseRevoke
//   bench_floor handover ENDPOINT NAME COUNT      on warm connections, COUNT times: the time from one candidate's
//                                                 LeaseRevoke to the Watch event of another. Prints the ms of each
#include <grpcpp/grpcpp.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "rpc.grpc.pb.h"

namespace {

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "Error: %s\n", why.c_str());
  _exit(1);
}

void expect(const grpc::Status& status, const char* what) {
  if (!status.ok()) die(std::string(what) + ": " + status.error_message());
}

// The same channel arguments as in electctl.
std::shared_ptr<grpc::Channel> connect(const std::string& endpoint) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  return grpc::CreateCustomChannel("dns:///" + endpoint, grpc::InsecureChannelCredentials(), arguments);
}

class Peer {
 public:
  Peer(const std::string& endpoint, const std::string& election)
      : prefix_(election + "/"), channel_(connect(endpoint)), kv_(channel_), lease_(channel_), watch_(channel_) {}

  void print_leader() {
    etcdserverpb::RangeRequest request;
    request.set_key(prefix_);
    request.set_range_end(prefix_.substr(0, prefix_.size() - 1) + '0');
    request.set_sort_target(etcdserverpb::RangeRequest::CREATE);
    request.set_sort_order(etcdserverpb::RangeRequest::ASCEND);
    request.set_limit(1);
    grpc::ClientContext context;
    etcdserverpb::RangeResponse response;
    expect(kv_.Range(&context, request, &response), "Range");
    if (response.kvs().empty()) die("nobody leads");
    const std::string text = response.kvs(0).key() + '\n' + response.kvs(0).value() + '\n';
    if (write(STDOUT_FILENO, text.data(), text.size()) < 0) die("cannot write");
  }

  void stand() {
    std::random_device random;
    id_ = static_cast<std::int64_t>(random()) << 16 | 1;
    char hex[17];
    std::snprintf(hex, sizeof hex, "%llx", static_cast<unsigned long long>(id_));
    key_ = prefix_ + hex;
    etcdserverpb::LeaseGrantRequest grant;
    grant.set_id(id_);
    grant.set_ttl(60);
    etcdserverpb::LeaseGrantResponse granted;
    grpc::ClientContext granting;
    expect(lease_.LeaseGrant(&granting, grant, &granted), "LeaseGrant");

    etcdserverpb::TxnRequest txn;
    auto& compare = *txn.add_compare();
    compare.set_target(etcdserverpb::Compare::CREATE);
    compare.set_key(key_);
    compare.set_create_revision(0);
    auto& put = *txn.add_success()->mutable_request_put();
    put.set_key(key_);
    put.set_value("floor");
    put.set_lease(id_);
    etcdserverpb::TxnResponse stood;
    grpc::ClientContext standing;
    expect(kv_.Txn(&standing, txn, &stood), "Txn");
    revision_ = stood.header().revision();
  }

  void watch(const std::string& key, std::int64_t from) {
    stream_context_ = std::make_unique<grpc::ClientContext>();
    stream_ = watch_.Watch(stream_context_.get());
    etcdserverpb::WatchRequest request;
    auto& create = *request.mutable_create_request();
    create.set_key(key);
    create.set_start_revision(from);
    if (!stream_->Write(request)) die("Watch");
  }

  void wait_for(bool event) {
    etcdserverpb::WatchResponse response;
    do {
      if (!stream_->Read(&response)) die("Watch ended");
    } while (response.events().empty() == event);
  }

  void unwatch() {
    stream_context_->TryCancel();
    (void)stream_->Finish();
    stream_.reset();
  }

  void revoke() {
    etcdserverpb::LeaseRevokeRequest request;
    request.set_id(id_);
    etcdserverpb::LeaseRevokeResponse response;
    grpc::ClientContext context;
    expect(lease_.LeaseRevoke(&context, request, &response), "LeaseRevoke");
  }

  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::int64_t revision() const { return revision_; }

 private:
  std::string prefix_;
  std::shared_ptr<grpc::Channel> channel_;
  etcdserverpb::KV::Stub kv_;
  etcdserverpb::Lease::Stub lease_;
  etcdserverpb::Watch::Stub watch_;
  std::unique_ptr<grpc::ClientContext> stream_context_;
  std::unique_ptr<grpc::ClientReaderWriter<etcdserverpb::WatchRequest, etcdserverpb::WatchResponse>> stream_;
  std::int64_t id_ = 0;
  std::int64_t revision_ = 0;
  std::string key_;
};

void campaign(Peer& self, char* command) {
  self.stand();
  self.watch(self.key(), self.revision() + 1);
  char* arguments[] = {command, nullptr};
  pid_t pid = 0;
  if (const int error = posix_spawnp(&pid, command, nullptr, nullptr, arguments, environ); error != 0) {
    die(std::strerror(error));
  }
  waitpid(pid, nullptr, 0);
  self.revoke();
}

void handover(Peer& holder, Peer& next, int count) {
  for (int i = 0; i < count; ++i) {
    holder.stand();
    next.watch(holder.key(), holder.revision() + 1);
    next.wait_for(false);  // Waits until the watch is created.
    const auto begun = std::chrono::steady_clock::now();
    std::thread revoking([&holder] { holder.revoke(); });
    next.wait_for(true);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    revoking.join();
    next.unwatch();
    std::printf("%.3f\n", took.count());
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) die("usage: bench_floor leader|campaign|handover ENDPOINT NAME [CMD|COUNT]");
  const std::string what = argv[1];
  auto* self = new Peer(argv[2], argv[3]);  // Never destroyed, as in electctl.
  if (what == "leader") {
    self->print_leader();
  } else if (what == "campaign" && argc == 5) {
    campaign(*self, argv[4]);
  } else if (what == "handover" && argc == 5) {
    handover(*self, *new Peer(argv[2], argv[3]), std::atoi(argv[4]));
  } else {
    die("what is '" + what + "'?");
  }
  _exit(0);
}
