// The options that every subcommand has, with etcdctl's names, defaults and environment variables. Also the kinds of
// options that several subcommands declare: durations, lease IDs, numbers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/secrets.h"
#include "elect/client.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cli {

enum class Format { simple, fields, json, table, protobuf, prometheus, svg };

// nullopt: there is no format of this name.
[[nodiscard]] std::optional<Format> format_of(std::string_view name);
[[nodiscard]] std::string_view name_of(Format format);
[[nodiscard]] std::vector<std::string_view> format_names();

struct GlobalOptions {
  elect::ClientOptions client;
  PasswordSource password;
  std::string format;            // As written. Empty: the subcommand chooses.
  bool format_is_typed = false;  // Given as an option, not by the environment variable.
  bool hex = false;
  bool insecure_transport = true;
  bool debug = false;
};

// Declares the options on the program. Parsing fills `options`, which must outlive `program`.
void declare_global_options(CLI::App& program, GlobalOptions& options);

// An option that takes a duration.
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::nanoseconds& duration,
                          const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<std::chrono::nanoseconds>& duration,
                          const std::string& help);

// For options that must not be empty: an empty value is probably a shell variable that is not set.
[[nodiscard]] std::function<std::string(const std::string&)> not_empty();

// For options that take a whole number of at least `least`.
[[nodiscard]] std::function<std::string(const std::string&)> at_least(std::int64_t least);

// An option that takes a lease ID in hex.
CLI::Option* add_lease(CLI::App& app, const std::string& name, elect::LeaseId& lease, const std::string& help);

}  // namespace cli
