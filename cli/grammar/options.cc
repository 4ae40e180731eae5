#include "grammar/options.h"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/names.h"
#include "elect/text.h"
#include "exit_code.h"
#include "output.h"

namespace cli {
namespace {

// An option whose text one of our own parsers reads into `target`.
template <typename Parse, typename Target>
CLI::Option* add_parsed(CLI::App& app, const std::string& name, const std::string& type, const std::string& help,
                        Parse parse, Target& target) {
  return app
      .add_option_function<std::string>(
          name,
          [name, parse, &target](const std::string& text) {
            const auto parsed = parse(text);
            if (!parsed) throw CLI::ValidationError(name, parsed.error().message);
            target = *parsed;
          },
          help)
      ->type_name(type);
}

constexpr std::array<std::pair<std::string_view, Format>, 7> kFormats = {{{"simple", Format::simple},
                                                                          {"fields", Format::fields},
                                                                          {"json", Format::json},
                                                                          {"table", Format::table},
                                                                          {"protobuf", Format::protobuf},
                                                                          {"prometheus", Format::prometheus},
                                                                          {"svg", Format::svg}}};

}  // namespace

std::optional<Format> format_of(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string_view name_of(Format format) {
  for (const auto& [name, known] : kFormats) {
    if (known == format) return name;
  }
  std::unreachable();
}

std::vector<std::string_view> format_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, format] : kFormats) names.push_back(name);
  return names;
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::nanoseconds& duration,
                          const std::string& help) {
  return add_parsed(app, name, "DURATION", help, elect::parse_duration, duration);
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<std::chrono::nanoseconds>& duration,
                          const std::string& help) {
  return add_parsed(app, name, "DURATION", help, elect::parse_duration, duration);
}

CLI::Option* add_lease(CLI::App& app, const std::string& name, elect::LeaseId& lease, const std::string& help) {
  return add_parsed(app, name, "ID", help, elect::parse_lease, lease);
}

std::function<std::string(const std::string&)> not_empty() {
  return [](const std::string& text) { return std::string(text.empty() ? "must not be empty" : ""); };
}

std::function<std::string(const std::string&)> at_least(std::int64_t least) {
  return [least](const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = error == std::errc() && end == text.data() + text.size() && number >= least;
    return good ? std::string()
                : fmt::format("'{}' is not a whole number of {} or more", elect::printable(text), least);
  };
}

void declare_global_options(CLI::App& program, GlobalOptions& options) {
  const std::string group = "Global options";
  elect::ClientOptions& client = options.client;
  client.owns_grpc = true;
  const auto global = [&group](CLI::Option* option, const std::string& variable = {}) {
    option->group(group);
    if (!variable.empty()) option->envname("ETCDCTL_" + variable);
    return option;
  };
  const auto duration = [&](const std::string& name, std::chrono::nanoseconds& value, const std::string& variable,
                            const std::string& help) {
    global(add_duration(program, name, value, help), variable)->default_str(elect::format_duration(value));
  };

  global(program.add_option("--endpoints", client.endpoints, "etcd's client URLs, separated by commas"), "ENDPOINTS")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  global(program.add_option("-d,--discovery-srv", client.discovery_srv,
                            "find the endpoints by this domain's SRV records, in place of --endpoints"),
         "DISCOVERY_SRV")
      ->type_name("DOMAIN");
  global(program.add_option("--discovery-srv-name", client.discovery_srv_name,
                            "of several clusters in the domain, the one of this name"),
         "DISCOVERY_SRV_NAME")
      ->type_name("NAME");
  global(program.add_flag("--insecure-discovery", client.insecure_discovery,
                          "take discovered endpoints without TLS, too; =false: certificates have to be for the domain"),
         "INSECURE_DISCOVERY")
      ->default_str("true");
  global(program.add_option("--cacert", client.tls.ca_file, "verify the server's certificate with this CA (PEM)"),
         "CACERT");
  // What OpenSSL and etcdctl (Go) read, too.
  if (const char* file = std::getenv("SSL_CERT_FILE")) client.tls.system_ca_file = file;
  if (const char* folders = std::getenv("SSL_CERT_DIR")) client.tls.system_ca_folders = folders;
  global(program.add_option("--cert", client.tls.certificate_file, "this client's certificate (PEM)"), "CERT");
  global(program.add_option("--key", client.tls.key_file, "the key of --cert (PEM)"), "KEY");
  global(program.add_flag("--insecure-skip-tls-verify", client.tls.skip_verify, "accept any certificate; for tests"),
         "INSECURE_SKIP_TLS_VERIFY");
  global(program.add_flag_function(
             "--insecure-transport{true}", [&client](std::int64_t insecure) { client.tls.enabled = insecure < 0; },
             "--insecure-transport=false: TLS also for endpoints without https://"),
         "INSECURE_TRANSPORT");
  auto* user =
      global(program.add_option("--user", client.user, "NAME or NAME:PASSWORD; asks for a missing password"), "USER");
  global(program.add_option("--password", options.password.password, "the password of --user"), "PASSWORD");
  global(program.add_option("--password-file", options.password.file,
                            "a file whose first line is the password of --user; wins over --password"))
      ->needs(user);
  global(program.add_option("--auth-jwt-token", client.token, "a ready token, in place of --user"), "AUTH_JWT_TOKEN")
      ->excludes(user);
  duration("--dial-timeout", client.dial_timeout, "DIAL_TIMEOUT", "how long to try to reach any endpoint");
  duration("--command-timeout", client.command_timeout, "COMMAND_TIMEOUT", "how long one call may take");
  duration("--keepalive-time", client.keepalive_time, "KEEPALIVE_TIME", "silence after which an endpoint is pinged");
  duration("--keepalive-timeout", client.keepalive_timeout, "KEEPALIVE_TIMEOUT", "how long a ping may stay unanswered");
  global(program.add_option("-w,--write-out", options.format,
                            "simple, fields, json, table, prometheus, svg or protobuf; not all have all"),
         "WRITE_OUT");
  global(program.add_flag("--hex", options.hex, "print names and values as hex"), "HEX");
  global(program.add_flag_function(
             "--debug",
             [&client](std::int64_t on) {
               if (on > 0) client.log = [](std::string_view line) { say(fmt::format("debug: {}\n", line)); };
             },
             "say on standard error what is called"),
         "DEBUG");
}

}  // namespace cli
