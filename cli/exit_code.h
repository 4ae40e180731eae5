// What electctl answers by its exit code. Each is used for one thing only.
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
  kBySignal = 128,  // Plus the signal's number.
};

// Why a subcommand cannot answer with a result: what to exit with, and the line behind "Error: ".
struct Failure {
  int code = kError;
  std::string message;    // Empty: nothing is said.
  bool see_help = false;  // The subcommand's --help is the way out.

  Failure(int exit_code, std::string text) : code(exit_code), message(std::move(text)) {}
  Failure(const elect::Error& error);  // NOLINT(google-explicit-constructor): the one mapping of the library's errors.
};

// The library's error as one line, with the option that is the way out: the library does not know our options.
[[nodiscard]] std::string in_words(const elect::Error& error);

// A subcommand's outcome: its exit code, or why it failed.
using Outcome = std::expected<int, Failure>;

[[nodiscard]] inline std::unexpected<Failure> bad_arguments(std::string message) {
  Failure failure(kBadArguments, std::move(message));
  failure.see_help = true;
  return std::unexpected(std::move(failure));
}

}  // namespace cli
