// electctl: parses the command line, runs the subcommand, prints what went wrong, and exits with its code.
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <new>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "account/secrets.h"
#include "commands/help.h"
#include "commands/table.h"
#include "commands/version.h"
#include "elect/text.h"
#include "elect/thread.h"
#include "grammar/grammar.h"
#include "output.h"
#include "process/aborts.h"
#include "process/process_name.h"

namespace {

// Turns CLI11's message into one line, like our own messages.
std::string one_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return elect::printable(text);
}

// Names the formats that the subcommand supports, or all of them if it prints in none.
cli::Failure unknown_format(const cli::Command& command, const std::string& format) {
  std::string names(command.formats);
  if (names.empty()) names = fmt::format("{}", fmt::join(cli::format_names(), " "));
  for (auto at = names.find(' '); at != std::string::npos; at = names.find(' ', at + 2)) names.insert(at, 1, ',');
  return {cli::kUnsupportedFormat,
          fmt::format("unknown output format '{}': choose {}", elect::printable(format), names)};
}

cli::Outcome parse_and_run(cli::Grammar& grammar, std::span<char* const> arguments) {
  const cli::Declared* asked = nullptr;
  try {
    asked = &grammar.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = grammar.app.get_subcommands();
    return cli::print_help(grammar, chosen.empty() ? "" : chosen.front()->get_name());
  } catch (const CLI::CallForVersion&) {
    return cli::print_version();
  } catch (const CLI::ParseError& error) {
    return cli::bad_arguments(one_line(error.what()));
  }
  const std::string& format = grammar.context.options.format;
  if (!format.empty() && !cli::format_of(format)) {
    return std::unexpected(unknown_format(*grammar.context.command, format));
  }
  cli::hide_secrets(arguments);
  if (asked->asks_etcd()) {
    // A completion script must not be held up by a question, or show a warning.
    auto& options = grammar.context.options;
    const auto interaction = grammar.context.command->hidden ? cli::Interaction::none : cli::Interaction::allowed;
    if (auto completed = cli::complete_secrets(options.client, options.password, interaction); !completed) {
      return std::unexpected(cli::Failure(completed.error()));
    }
  }
  return asked->run(grammar.context);
}

// If the system refuses a thread or memory, the exception comes here. What was begun has been withdrawn by then.
cli::Outcome outcome_of(cli::Grammar& grammar, std::span<char* const> arguments) {
  try {
    return parse_and_run(grammar, arguments);
  } catch (const std::system_error& refused) {
    return std::unexpected(cli::Failure(elect::thread_refused(refused.code()).error()));
  } catch (const std::bad_alloc&) {
    return std::unexpected(cli::Failure(cli::kError, std::string(cli::kMemoryRefused)));
  }
}

// Without this, a write past ulimit -f would kill the program. With it, only the write fails. It is a handler, not
// SIG_IGN, because exec resets handlers: so CMD gets the action that electctl was started with.
void survive_file_size_limit() {
  struct sigaction action {};
  if (::sigaction(SIGXFSZ, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGXFSZ, &action, nullptr);
}

// Exits without shutting grpc down: that would take a third of a short command's time. Sanitizers need a regular exit.
[[noreturn]] void leave(int code) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::exit(code);
#else
  ::_exit(code);
#endif
}

}  // namespace

// Only bad_alloc can be thrown here. It ends the program with the message of report_aborts().
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
  ::mallopt(M_ARENA_MAX, 1);  // One arena for all: threads are short-lived or idle, and an arena takes time to set up.
  cli::report_aborts();
  cli::take_closed_streams();
  cli::note_arguments(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  survive_file_size_limit();
  std::signal(SIGCHLD, SIG_DFL);  // If it were inherited as ignored, CMD's exit status would be lost.
  const std::span arguments(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
  auto* grammar = new cli::Grammar(cli::commands(), arguments);  // Never destroyed.
  grammar->context.arguments = argv;
  const auto outcome = outcome_of(*grammar, arguments);
  if (outcome) leave(*outcome);
  std::string why = outcome.error().message;
  if (outcome.error().code == cli::kUnreachable) {
    if (const auto known = grammar->context.why_unreachable()) {
      why = "no endpoint could be reached: " + cli::in_words(*known);
    }
  }
  if (outcome.error().see_help) {
    const cli::Command* command = grammar->context.command;
    why += fmt::format("; see electctl {}--help", command != nullptr ? fmt::format("{} ", command->name) : "");
  }
  if (!why.empty()) cli::say_error(why);
  leave(outcome.error().code);
}
