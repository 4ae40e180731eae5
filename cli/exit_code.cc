#include "exit_code.h"

namespace cli {
namespace {

int code_of(elect::Errc code) {
  switch (code) {
    case elect::Errc::usage:
      return kBadArguments;
    case elect::Errc::unreachable:
      return kUnreachable;
    default:
      return kError;
  }
}

}  // namespace

Failure::Failure(const elect::Error& error) : code(code_of(error.code)), message(elect::describe(error)) {}

}  // namespace cli
