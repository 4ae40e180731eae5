// callproxy ETCD...: a gRPC proxy for tests. It is between clients and each of these etcds (host:port), and disturbs
// single calls according to a plan: see plan.h.
//
// It does not know etcd's API: messages are just bytes. For each ETCD it listens on another port on loopback.
//
// Standard output, a line each:  ready PORT...            in the order of the arguments
//                                called METHOD CALL       a call came
//                                answered METHOD CALL N   etcd gave its Nth answer to it
//                                fault METHOD CALL        a rule of the plan was applied to it
//                                cleared, planned         the answers to what standard input says
//                                wrong: WHY
// Standard input, a line each:   clear                    forget the plan, count from 1 again
//                                a rule of the plan
// It ends when standard input does.
#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/server_posix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <map>
#include <vector>

#include "exchange.h"
#include "plan.h"
#include "relay.h"
#include "timer.h"

namespace callproxy {
namespace {

void say(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

// The channel to one etcd.
class Endpoint : public grpc::CallbackGenericService {
 public:
  Endpoint(std::size_t number, const std::string& etcd, Plan& plan, Timer& timer)
      : number_(number),
        plan_(plan),
        surroundings_{std::make_shared<grpc::GenericStub>(channel_to(etcd)), timer, say,
                      [this](const std::string& peer) { cut(peer); }} {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(this);
    builder.SetMaxMessageSize(-1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_HPACK_TABLE_SIZE_ENCODER, 0);
    // Like etcd: allow frequent pings.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
    server_ = builder.BuildAndStart();
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, SOMAXCONN) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port is to be had on loopback");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
  }

  [[nodiscard]] int port() const { return port_; }

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const std::string name = Exchange::name_of(context->method());
    auto numbered = plan_.count(name, number_);
    say("called " + name + " " + std::to_string(numbered.call));
    return std::make_shared<Exchange>(surroundings_, context, std::move(numbered))->begin();
  }

 private:
  static std::shared_ptr<grpc::Channel> channel_to(const std::string& etcd) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    return grpc::CreateCustomChannel(etcd, grpc::InsecureChannelCredentials(), arguments);
  }

  void accept_all() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const int at_once = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
      const std::lock_guard lock(mutex_);
      std::erase_if(relays_, [](const auto& entry) { return entry.second->is_over(); });
      auto relay = std::make_unique<Relay>(client);
      const int end = relay->server_end();
      ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
      relays_[end] = std::move(relay);
      grpc::AddInsecureChannelFromFd(server_.get(), end);
    }
  }

  // If gRPC was given a connected socket, it names the peer "fd:N".
  void cut(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    const auto relay = relays_.find(std::stoi(peer.substr(peer.rfind(':') + 1)));
    if (relay != relays_.end()) relay->second->cut();
  }

  const std::size_t number_;
  Plan& plan_;
  Surroundings surroundings_;
  std::unique_ptr<grpc::Server> server_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::map<int, std::unique_ptr<Relay>> relays_;  // By the server's end of the connection.
  std::jthread acceptor_;
};

[[noreturn]] void run(const std::vector<std::string>& etcds) {
  Plan plan;
  Timer timer;
  std::vector<std::unique_ptr<Endpoint>> endpoints;
  std::string ready = "ready";
  for (const auto& etcd : etcds) {
    endpoints.push_back(std::make_unique<Endpoint>(endpoints.size(), etcd, plan, timer));
    ready += " " + std::to_string(endpoints.back()->port());
  }
  say(ready);
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line == "clear") {
      plan.clear();
      say("cleared");
    } else if (auto rule = parse_rule(line)) {
      plan.add(*std::move(rule));
      say("planned");
    } else {
      say("wrong: " + rule.error());
    }
  }
  std::_Exit(0);  // Does not wait for calls that are held.
}

}  // namespace
}  // namespace callproxy

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "Error: callproxy takes the addresses of etcds, host:port\n";
    return 128;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    callproxy::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "Error: " << error.what() << "\n";
    return 1;
  }
}
