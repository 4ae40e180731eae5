// A subcommand, and its context when it runs.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elect/client.h"
#include "elect/election.h"
#include "exit_code.h"
#include "grammar/manual.h"
#include "grammar/options.h"

namespace CLI {
class App;
}

namespace cli {

struct Command;

class Context {
 public:
  const Command* command = nullptr;  // The chosen subcommand.
  GlobalOptions options;
  std::vector<std::string> argv;     // CMD and its arguments, after "--". Empty: no CMD.
  char* const* arguments = nullptr;  // As main received them, without the secrets: see secrets.h.

  // The client. The first call makes it. It is never destroyed: exiting the process is faster, and closes its
  // connections.
  [[nodiscard]] std::expected<elect::Client*, Failure> client();

  // Like elect::Client's. Also nullopt if there is no client.
  [[nodiscard]] std::optional<elect::Error> why_unreachable() const;

  [[nodiscard]] std::expected<elect::Election, Failure> election(const std::string& name);

  // The requested format, or the subcommand's default. A failure if the subcommand does not support it. With a CMD it
  // is always the default: CMD runs, and nothing is printed.
  [[nodiscard]] std::expected<Format, Failure> format(Format default_format,
                                                      std::initializer_list<Format> supported) const;

 private:
  elect::Client* client_ = nullptr;
};

using Run = std::function<Outcome(Context&)>;

struct Declared {
  Run run;
  Manual manual;
  std::function<bool()> asks_etcd = [] { return true; };  // Whether this call asks etcd, and so needs an account.
};

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view formats;            // What -w may ask for, separated by blanks. inspect: those of all its forms.
  bool takes_cmd;                      // It takes "-- CMD".
  Declared (*declare)(CLI::App& app);  // Declares its arguments and options on `app`.
  bool hidden = false;                 // For completion scripts, not for people.
};

}  // namespace cli
