#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/inspect/forms.h"
#include "elect/names.h"
#include "elect/text.h"
#include "output.h"

namespace cli::inspect {
namespace {

// Quoted for a shell, whatever bytes it holds: what does not print by itself as $'\x1b', which bash, zsh and ksh know.
std::string shell_quoted(std::string_view text) {
  const bool plain = elect::printable(text) == text;
  std::string quoted = plain ? "'" : "$'";
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (plain) {
      quoted += byte == '\'' ? "'\\''" : std::string(1, byte);
    } else if (byte == '\'' || byte == '\\') {
      quoted += {'\\', byte};
    } else if (code < 0x20 || code >= 0x7F) {
      quoted += fmt::format("\\{:03o}", code);
    } else {
      quoted += byte;
    }
  }
  return quoted + "'";
}

// etcdctl with what it needs to ask the same cluster, and with no variable of the shell that it is pasted into: they
// would change what it does, and one that is given as an option, too, makes it fail. A password is left for it to ask.
std::string etcdctl_with(const GlobalOptions& options) {
  const elect::ClientOptions& client = options.client;
  std::string text = R"(env -i PATH="$PATH" etcdctl)";
  const auto add = [&text](std::string_view option, const std::string& value) {
    if (!value.empty()) text += fmt::format(" --{}={}", option, shell_quoted(value));
  };
  if (client.discovery_srv.empty()) add("endpoints", fmt::format("{}", fmt::join(client.endpoints, ",")));
  add("discovery-srv", client.discovery_srv);
  add("discovery-srv-name", client.discovery_srv_name);
  if (!client.insecure_discovery) text += " --insecure-discovery=false";
  add("cacert", client.tls.ca_file);
  add("cert", client.tls.certificate_file);
  add("key", client.tls.key_file);
  if (client.tls.skip_verify) text += " --insecure-skip-tls-verify";
  if (client.tls.enabled) text += " --insecure-transport=false";
  // What is behind a colon is a password, unless that is given elsewhere.
  const bool name_alone = options.password.password || !options.password.file.empty();
  add("user", name_alone ? client.user : client.user.substr(0, client.user.find(':')));
  return text;
}

}  // namespace

Outcome etcdctl(Context& context, const Options& options) {
  const auto& client = context.options.client;
  const std::string program = etcdctl_with(context.options);
  const std::string prefix = options.all.value_or(elect::prefix_of(options.name));
  const std::string range = fmt::format("{} --prefix", shell_quoted(prefix));
  std::string get = fmt::format("{} get {} --sort-by=CREATE --order=ASCEND", program, range);
  if (options.revision > 0) get += fmt::format(" --rev={}", options.revision);
  std::string text;
  if (options.history) {
    text = fmt::format("{} watch {} --rev={}\n", program, range, options.from > 0 ? options.from : 1);
  } else if (options.watch) {
    text = fmt::format("{}\n{} watch {}\n", get, program, range);
  } else if (options.verify) {
    // As --verify counts them: listing, election service (through its own leader), leases, endpoints.
    text = fmt::format("{0} -w fields\n{1} elect -l {2}\n{1} lease timetolive LEASE --keys\n", get, program,
                       shell_quoted(options.name));
    for (const auto& endpoint : client.endpoints) {
      GlobalOptions alone = context.options;
      alone.client.endpoints = {endpoint};
      alone.client.discovery_srv.clear();
      text += fmt::format("{} get {} --sort-by=CREATE --order=ASCEND --consistency=s\n", etcdctl_with(alone), range);
    }
  } else {
    text = get + "\n";
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  return kDone;
}

}  // namespace cli::inspect
