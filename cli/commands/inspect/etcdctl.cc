#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/inspect/forms.h"
#include "elect/names.h"
#include "elect/text.h"
#include "output.h"

namespace cli::inspect {
namespace {

// The etcdctl command with the options for the same cluster. It gets no variables of the shell that it is pasted into:
// they would change what it does, and it fails if a variable and an option set the same thing. etcdctl asks for the
// password itself. `variable`: an assignment that it does get.
std::string etcdctl_with(const GlobalOptions& options, std::string_view variable = {}) {
  const elect::ClientOptions& client = options.client;
  std::string text = fmt::format(R"(env -i PATH="$PATH" {}etcdctl)", variable);
  const auto add = [&text](std::string_view option, const std::string& value) {
    if (!value.empty()) text += fmt::format(" --{}={}", option, elect::shell_quoted(value));
  };
  if (client.discovery_srv.empty()) add("endpoints", fmt::format("{}", fmt::join(client.endpoints, ",")));
  add("discovery-srv", client.discovery_srv);
  add("discovery-srv-name", client.discovery_srv_name);
  if (!client.insecure_discovery) text += " --insecure-discovery=false";
  add("cacert", client.tls.ca_file);
  add("cert", client.tls.certificate_file);
  add("key", client.tls.key_file);
  if (client.tls.skip_verify) text += " --insecure-skip-tls-verify";
  if (!options.insecure_transport) text += " --insecure-transport=false";
  if (options.hex) text += " --hex";
  const auto format = format_of(options.format);
  if (format == Format::fields || format == Format::json) text += " --write-out=" + options.format;
  // The text behind a colon is a password, unless the password is given elsewhere.
  const bool name_alone = options.password.password || !options.password.file.empty();
  add("user", name_alone ? client.user : client.user.substr(0, client.user.find(':')));
  return text;
}

}  // namespace

Outcome etcdctl(Context& context, const Options& options) {
  const auto& client = context.options.client;
  const std::string program = etcdctl_with(context.options);
  const std::string prefix = options.all.value_or(elect::prefix_of(options.name));
  const std::string quoted = elect::shell_quoted(prefix);
  // A prefix that begins with - goes behind --. Not for watch: it takes what is behind -- as a command.
  const bool is_like_option = prefix.starts_with('-');
  const auto range_with = [&](std::string_view more) {
    return is_like_option ? fmt::format("--prefix{} -- {}", more, quoted) : fmt::format("{} --prefix{}", quoted, more);
  };
  const std::string rev = options.revision > 0 ? fmt::format(" --rev={}", options.revision) : "";
  const std::string by_create = " --sort-by=CREATE --order=ASCEND";
  const auto get = [&](const std::string& etcdctl, std::string_view more) {
    return fmt::format("{} get {}", etcdctl, range_with(fmt::format("{}{}", by_create, more)));
  };
  const std::string watch =
      is_like_option
          ? fmt::format("{} watch --prefix", etcdctl_with(context.options, "ETCDCTL_WATCH_KEY=" + quoted + " "))
          : fmt::format("{} watch {} --prefix", program, quoted);
  std::string text;
  if (options.runs) {
    // The candidates show which runs are abandoned.
    const std::string records = options.run_id
                                    ? elect::shell_quoted(elect::once_key_of(options.name, *options.run_id))
                                    : elect::shell_quoted(elect::once_key_of(options.name, {})) + " --prefix";
    text = fmt::format("{} get {}{}\n{}\n", program, records, rev, get(program, rev));
    if (options.watch) text += fmt::format("{} watch {}\n", program, records);
  } else if (options.history) {
    text = fmt::format("{} --rev={}\n", watch, options.from > 0 ? options.from : 1);
  } else if (options.watch) {
    text = fmt::format("{}\n{}\n", get(program, rev), watch);
  } else if (options.verify) {
    // In the order of --verify: listing, election service (etcdctl elect -l shows its leader), leases, endpoints.
    text =
        fmt::format("{0}\n{1} elect -l {2}{3}\n{1} lease timetolive LEASE --keys\n", get(program, rev + " -w fields"),
                    program, is_like_option ? "-- " : "", elect::shell_quoted(options.name));
    for (const auto& endpoint : client.endpoints) {
      GlobalOptions alone = context.options;
      alone.client.endpoints = {endpoint};
      alone.client.discovery_srv.clear();
      text += get(etcdctl_with(alone), " --consistency=s") + "\n";
    }
  } else {
    text = get(program, rev) + "\n";
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  return kDone;
}

}  // namespace cli::inspect
