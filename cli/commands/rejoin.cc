#include "commands/rejoin.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "account/secrets.h"
#include "process/signals.h"

namespace cli {
namespace {

using std::chrono::seconds;

constexpr const char* kMark = "ELECTCTL_STANDS_AGAIN";

// A path to start this program from. Without /proc: the path it was started by. Empty: there is none.
std::string own_program() {
  // The kernel passes the path as a number.
  const auto* started_as = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT(performance-no-int-to-ptr)
  for (const char* path : {"/proc/self/exe", started_as}) {
    if (path != nullptr && ::access(path, X_OK) == 0) return path;
  }
  return {};
}

// False: a signal came first.
bool wait_for_etcd(Context& context, const std::string& name) {
  const Signals signals;
  auto election = context.election(name);
  while (signals.first() == 0 && election) {
    const auto snapshot = election->candidates({.limit = 1}, {signals.stop_token(), {}});
    // A refusal is an answer, too. Standing again will report it.
    if (snapshot || !elect::is_transient(snapshot.error().code)) return signals.first() == 0;
    elect::pause_for(seconds(1), signals.stop_token());
  }
  return false;
}

bool is_gone(Context& context, elect::LeaseId lease) {
  const auto client = context.client();
  if (!client) return false;
  const auto alive = (*client)->time_to_live(lease);
  return alive && alive->ttl < seconds(0);
}

Failure execute_again(const Context& context) {
  if (auto handed = hand_over_secrets(context.options.client); !handed) return handed.error();
  ::setenv(kMark, "1", 1);
  ::execv(own_program().c_str(), context.arguments);
  return {kError, fmt::format("cannot start electctl again to stand again: {}", std::strerror(errno))};
}

}  // namespace

bool take_rejoin_mark() {
  const bool marked = std::getenv(kMark) != nullptr;
  ::unsetenv(kMark);
  return marked;
}

std::expected<void, Failure> check_rejoin() {
  if (!own_program().empty()) return {};
  return std::unexpected(Failure(
      kError, "--rejoin cannot find electctl's program to start it again: mount /proc, or start electctl by its path"));
}

std::optional<Failure> rejoin(Context& context, const std::string& name, elect::LeaseId lease) {
  if (!wait_for_etcd(context, name)) return std::nullopt;
  if (lease != 0 && is_gone(context, lease)) {
    return Failure(kLost,
                   fmt::format("cannot stand again under lease {}: it does not exist any more", elect::hex_of(lease)));
  }
  return execute_again(context);
}

}  // namespace cli
