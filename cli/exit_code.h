// electctl's exit codes. Each has one meaning only.
#pragma once

#include <expected>
#include <string>

#include "elect/error.h"

namespace cli {

enum ExitCode : int {
  kDone = 0,
  kError = 1,
  kUnreachable = 2,
  kUnsupportedFormat = 4,
  kNoLeader = 10,
  kNotElected = 11,
  kLost = 12,
  kFaultFound = 13,
  kRanTooLong = 124,
  kCannotRun = 126,
  kNotFound = 127,
  kBadArguments = 128,
  kBySignal = 128,  // Plus the number of the signal.
};

// Why a subcommand has no result: the exit code, and the text behind "Error: ".
struct Failure {
  int code = kError;
  std::string message;     // Empty: print nothing.
  bool see_help = false;   // Refer the user to the subcommand's --help.
  bool transient = false;  // Another try may succeed: see elect::is_transient().

  Failure(int exit_code, std::string text) : code(exit_code), message(std::move(text)) {}
  Failure(const elect::Error& error);  // NOLINT(google-explicit-constructor): the one mapping of the library's errors.
};

// The library's error as one line. Adds the option that helps: the library does not know our options.
[[nodiscard]] std::string in_words(const elect::Error& error);

// The outcome of a subcommand: its exit code, or why it failed.
using Outcome = std::expected<int, Failure>;

[[nodiscard]] inline std::unexpected<Failure> bad_arguments(std::string message) {
  Failure failure(kBadArguments, std::move(message));
  failure.see_help = true;
  return std::unexpected(std::move(failure));
}

}  // namespace cli
