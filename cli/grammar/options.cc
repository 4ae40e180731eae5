#include "grammar/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ranges>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "elect/duration.h"
#include "elect/names.h"
#include "elect/text.h"

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

// Adds what stands between the commas, without blanks around it. As etcdctl, it leaves out what is empty.
void add_endpoints(std::string_view list, std::vector<std::string>& endpoints) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t before = endpoints.size();
  for (const auto part : std::views::split(list, ',')) {
    std::string_view entry(part);
    entry.remove_prefix(std::min(entry.find_first_not_of(blanks), entry.size()));
    entry = entry.substr(0, entry.find_last_not_of(blanks) + 1);
    if (!entry.empty()) endpoints.emplace_back(entry);
  }
  if (endpoints.size() == before) {
    throw CLI::ValidationError("--endpoints", fmt::format("'{}' names no endpoint", elect::printable(list)));
  }
}

elect::Result<std::chrono::nanoseconds> parse_command_timeout(std::string_view text) {
  const auto parsed = elect::parse_duration(text);
  if (!parsed || *parsed > std::chrono::nanoseconds(0)) return parsed;
  return elect::fail(elect::Errc::usage, "it leaves no time for a call: write more than 0");
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
  names.reserve(kFormats.size());
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
  return [](const std::string& text) {
    return std::string(text.empty() ? "the value is empty: probably a shell variable is not set" : "");
  };
}

std::function<std::string(const std::string&)> at_least(std::int64_t least) {
  return [least](const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range)
      return fmt::format("the number {} is too large", elect::printable(text));
    const bool good = error == std::errc() && end == text.data() + text.size() && number >= least;
    return good ? std::string()
                : fmt::format("invalid number '{}': write a whole number, {} or more", elect::printable(text), least);
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
    return global(add_duration(program, name, value, help), variable)->default_str(elect::format_duration(value));
  };

  global(program.add_option_function<std::vector<std::string>>(
             "--endpoints",
             [&client](const std::vector<std::string>& lists) {
               client.endpoints.clear();
               for (const std::string& list : lists) add_endpoints(list, client.endpoints);
             },
             "etcd's client URLs, separated by commas"),
         "ENDPOINTS")
      ->check(not_empty())
      ->allow_extra_args(false)
      ->default_str(fmt::format("{}", fmt::join(client.endpoints, ",")))
      ->type_name("URLS");
  global(program.add_option("-d,--discovery-srv", client.discovery_srv,
                            "find the endpoints in this domain's DNS SRV records (default: --endpoints counts)"),
         "DISCOVERY_SRV")
      ->type_name("DOMAIN");
  global(program.add_option("--discovery-srv-name", client.discovery_srv_name,
                            "the cluster of this name, if the domain has several (default: the one without a name)"),
         "DISCOVERY_SRV_NAME")
      ->type_name("NAME");
  global(program.add_flag("--insecure-discovery", client.insecure_discovery,
                          "=false: use only discovered endpoints with TLS, whose certificates must be for the domain"),
         "INSECURE_DISCOVERY")
      ->default_str("true");
  global(program.add_option("--cacert", client.tls.ca_file,
                            "verify the server's certificate with this CA (PEM) (default: with the system's CAs)"),
         "CACERT")
      ->type_name("FILE");
  // OpenSSL and etcdctl (Go) read these variables, too.
  if (const char* file = std::getenv("SSL_CERT_FILE")) client.tls.system_ca_file = file;
  if (const char* folders = std::getenv("SSL_CERT_DIR")) client.tls.system_ca_folders = folders;
  global(program.add_option("--cert", client.tls.certificate_file,
                            "this client's certificate (PEM), with --key (default: none is sent)"),
         "CERT")
      ->type_name("FILE");
  global(program.add_option("--key", client.tls.key_file, "the private key of --cert (PEM, no passphrase)"), "KEY")
      ->type_name("FILE");
  global(program.add_flag("--insecure-skip-tls-verify", client.tls.skip_verify,
                          "accept any server certificate, for tests (default: the certificate must be valid)"),
         "INSECURE_SKIP_TLS_VERIFY");
  global(program.add_flag("--insecure-transport", options.insecure_transport,
                          "=false: use TLS for endpoints without a scheme (default: only with --cacert or --cert)"),
         "INSECURE_TRANSPORT");
  auto* user =
      global(program.add_option("--user", client.user,
                                "log in as NAME or NAME:PASSWORD; a missing password is asked for (default: no login)"),
             "USER")
          ->type_name("NAME[:PASSWORD]");
  global(
      program.add_option("--password", options.password.password,
                         "the password of --user, which others may see until electctl hides it (default: asked for)"),
      "PASSWORD")
      ->type_name("PASSWORD");
  global(program.add_option("--password-file", options.password.file,
                            "take the password of --user from this file's first line, even if --password is given"))
      ->check(not_empty())
      ->needs(user)
      ->type_name("FILE");
  global(program.add_option("--auth-jwt-token", client.auth_token,
                            "log in with this token, instead of --user (default: no token is sent)"),
         "AUTH_JWT_TOKEN")
      ->excludes(user)
      ->type_name("TOKEN");
  duration("--dial-timeout", client.dial_timeout, "DIAL_TIMEOUT", "how long to try to reach an endpoint");
  // parse_command_timeout() refuses 0, and no ->check() does: CLI11 2.4 ignores a variable that a check refuses.
  global(add_parsed(program, "--command-timeout", "DURATION", "how long one call may take", parse_command_timeout,
                    client.command_timeout),
         "COMMAND_TIMEOUT")
      ->default_str(elect::format_duration(client.command_timeout));
  duration("--keepalive-time", client.keepalive_time, "KEEPALIVE_TIME",
           "ping an endpoint that is silent for this long");
  duration("--keepalive-timeout", client.keepalive_timeout, "KEEPALIVE_TIMEOUT",
           "leave an endpoint that does not answer a ping for this long");
  global(program.add_option(
             "-w,--write-out", options.format,
             "simple, fields, json, table, prometheus, svg or protobuf, as far as the subcommand supports it "
             "(default: simple, or the subcommand's own)"),
         "WRITE_OUT")
      ->type_name("FORMAT");
  global(program.add_flag("--hex", options.hex, "print names and values as hex (default: as text)"), "HEX");
  global(program.add_flag("--debug", options.debug, "log each etcd call to stderr (default: only errors and warnings)"),
         "DEBUG");
}

}  // namespace cli
