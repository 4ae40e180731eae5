// What a subcommand is, and what it is given to run with.
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
  const Command* command = nullptr;  // What was asked for.
  GlobalOptions options;
  std::vector<std::string> argv;     // CMD and its arguments, from behind "--". Empty: no CMD.
  char* const* arguments = nullptr;  // As main got them, but for secrets: see secrets.h.

  // The client, made at the first call. It is never torn down: leaving the process is faster, and ends it as well.
  [[nodiscard]] std::expected<elect::Client*, Failure> client();

  // As elect::Client's; nothing also where there is no client.
  [[nodiscard]] std::optional<elect::Error> why_unreachable() const;

  [[nodiscard]] std::expected<elect::Election, Failure> election(const std::string& name);

  // The format asked for, or the subcommand's default; a failure where the subcommand has none such. Beside a CMD,
  // which runs in place of what would be printed, the default.
  [[nodiscard]] std::expected<Format, Failure> format(Format unasked, std::initializer_list<Format> supported) const;

 private:
  elect::Client* client_ = nullptr;
};

using Run = std::function<Outcome(Context&)>;

struct Declared {
  Run run;
  Manual manual;
  std::function<bool()> asks_etcd = [] { return true; };  // Whether what is asked for has a use for an account.
};

struct Command {
  std::string_view name;
  std::string_view summary;
  bool takes_cmd;                      // "-- CMD" belongs to it.
  Declared (*declare)(CLI::App& app);  // Declares its arguments and options on `app`.
  bool hidden = false;                 // For completion scripts, not for people.
};

}  // namespace cli
