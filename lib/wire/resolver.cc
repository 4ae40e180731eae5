#include "wire/resolver.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace elect {
namespace {

using namespace std::chrono_literals;

// One DNS query and its answer.
struct Question {
  ServiceAnswer answer;
  bool answered = false;
};

void add(ServiceAnswer& answer, int priority, std::string_view host, std::uint16_t port) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty()) return;  // The host "." means that there is no such service.
  answer.services.push_back({priority, std::string(host), port});
}

std::string failure_of(int status) {
  switch (status) {
    case ARES_ECANCELLED:
    case ARES_ETIMEOUT:
      return "no answer in time";
    case ARES_SUCCESS:
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
      return "no such record";
    case ARES_EBADNAME:
      return "not a valid name";
    case ARES_ECONNREFUSED:
      return "no name server answers";
    default:
      return "the name server failed";
  }
}

void finish(Question& question, int status) {
  question.answered = true;
  question.answer.failure = failure_of(status);
  std::ranges::stable_sort(question.answer.services, {}, &Service::priority);
}

// c-ares 1.28 has a new interface for records. Later versions deprecate the old one.
#if ARES_VERSION >= 0x011c00
void take_services(void* argument, ares_status_t status, size_t, const ares_dns_record_t* record) {
  auto& question = *static_cast<Question*>(argument);
  const size_t count = status == ARES_SUCCESS ? ares_dns_record_rr_cnt(record, ARES_SECTION_ANSWER) : 0;
  for (size_t i = 0; i < count; ++i) {
    const ares_dns_rr_t* found = ares_dns_record_rr_get_const(record, ARES_SECTION_ANSWER, i);
    if (ares_dns_rr_get_type(found) != ARES_REC_TYPE_SRV) continue;
    const char* host = ares_dns_rr_get_str(found, ARES_RR_SRV_TARGET);
    add(question.answer, ares_dns_rr_get_u16(found, ARES_RR_SRV_PRIORITY), host == nullptr ? "" : host,
        ares_dns_rr_get_u16(found, ARES_RR_SRV_PORT));
  }
  finish(question, status);
}

void ask_for_services(ares_channel channel, Question& question) {
  ares_query_dnsrec(channel, question.answer.name.c_str(), ARES_CLASS_IN, ARES_REC_TYPE_SRV, take_services, &question,
                    nullptr);
}
#else
void take_services(void* argument, int status, int, unsigned char* bytes, int size) {
  auto& question = *static_cast<Question*>(argument);
  ares_srv_reply* replies = nullptr;
  if (status == ARES_SUCCESS) status = ares_parse_srv_reply(bytes, size, &replies);
  for (const auto* reply = replies; reply != nullptr; reply = reply->next) {
    add(question.answer, reply->priority, reply->host, reply->port);
  }
  ares_free_data(replies);
  finish(question, status);
}

void ask_for_services(ares_channel channel, Question& question) {
  ares_query(channel, question.answer.name.c_str(), ns_c_in, ns_t_srv, take_services, &question);
}
#endif

struct AddressQuestion {
  std::vector<SocketAddress> found;
  bool answered = false;
};

void take_addresses(void* argument, int status, int, ares_addrinfo* result) {
  auto& question = *static_cast<AddressQuestion*>(argument);
  question.answered = true;
  if (status != ARES_SUCCESS) return;
  for (const auto* node = result->nodes; node != nullptr; node = node->ai_next) {
    SocketAddress address{};
    address.size = std::min<socklen_t>(static_cast<socklen_t>(node->ai_addrlen), sizeof address.bytes);
    std::memcpy(&address.bytes, node->ai_addr, address.size);
    question.found.push_back(address);
  }
  ares_freeaddrinfo(result);
}

}  // namespace

Result<std::unique_ptr<Resolver>> Resolver::open() {
  const auto refuse = [](int status) {
    return fail(Errc::system,
                std::string("cannot look up names: ") + (status == ARES_ENOMEM ? "no memory" : "see /etc/resolv.conf"));
  };
  if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) return refuse(status);
  std::unique_ptr<Resolver> resolver(new Resolver);
  ares_options options{};
  options.sock_state_cb = note_socket;
  options.sock_state_cb_data = resolver.get();
  ares_channel channel = nullptr;
  if (const int status = ares_init_options(&channel, &options, ARES_OPT_SOCK_STATE_CB); status != ARES_SUCCESS) {
    return refuse(status);
  }
  resolver->channel_.reset(channel);
  return resolver;
}

void Resolver::note_socket(void* resolver, ares_socket_t socket, int readable, int writable) {
  auto& sockets = static_cast<Resolver*>(resolver)->sockets_;
  const int events = (readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0);
  if (events == 0) {
    sockets.erase(socket);
  } else {
    sockets[socket] = static_cast<short>(events);
  }
}

void Resolver::wait_for(const std::function<bool()>& answered, BootTime give_up_at, const std::stop_token& stop) {
  while (!answered()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up_at - BootClock::now());
    if (left <= 0ms || stop.stop_requested()) return ares_cancel(channel_.get());
    std::vector<pollfd> watched;
    watched.reserve(sockets_.size());
    for (const auto& [socket, events] : sockets_) watched.push_back({socket, events, 0});
    // c-ares repeats queries by its own clock. So it must be called regularly.
    poll(watched.data(), watched.size(), static_cast<int>(std::min(left, 100ms).count()));
    for (const auto& [socket, events, happened] : watched) {
      ares_process_fd(channel_.get(), (happened & ~POLLOUT) != 0 ? socket : ARES_SOCKET_BAD,
                      (happened & POLLOUT) != 0 ? socket : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }
}

std::vector<ServiceAnswer> Resolver::services(std::span<const std::string> names, BootTime give_up_at,
                                              const std::stop_token& stop) {
  std::vector<Question> questions(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    questions[i].answer.name = names[i];
    ask_for_services(channel_.get(), questions[i]);
  }
  wait_for([&] { return std::ranges::all_of(questions, &Question::answered); }, give_up_at, stop);
  std::vector<ServiceAnswer> answers;
  answers.reserve(questions.size());
  for (auto& question : questions) answers.push_back(std::move(question.answer));
  return answers;
}

std::vector<SocketAddress> Resolver::addresses(const std::string& host, const std::string& port, BootTime give_up_at) {
  AddressQuestion question;
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NUMERICSERV;
  ares_getaddrinfo(channel_.get(), host.c_str(), port.c_str(), &hints, take_addresses, &question);
  wait_for([&] { return question.answered; }, give_up_at);
  return std::move(question.found);
}

}  // namespace elect
