#include "exit_code.h"

#include <string_view>

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

std::string_view way_out(const elect::Error& error) {
  switch (error.remedy) {
    case elect::Remedy::none:
      return "";
    case elect::Remedy::endpoints:
      if (error.code == elect::Errc::usage) return "; give --endpoints";
      return error.code == elect::Errc::unreachable ? "; is etcd running, and is --endpoints right?"
                                                    : "; check --endpoints";
    case elect::Remedy::command_timeout:
      return "; --command-timeout allows more time";
    case elect::Remedy::serializable:
      return "; what one member knows, perhaps out of date, is still printed by: electctl leader NAME --consistency s";
    case elect::Remedy::ca_file:
      return "; give the CA's certificate with --cacert";
    case elect::Remedy::client_certificate:
      if (error.code == elect::Errc::usage) return "; give both --cert and --key";
      return "; give a certificate that it accepts with --cert, and its key with --key";
    case elect::Remedy::user:
      return "; see --user, --password-file and --auth-jwt-token";
    case elect::Remedy::discovery_srv:
      return "; check --discovery-srv";
    case elect::Remedy::insecure_discovery:
      return "; --insecure-discovery allows them";
  }
  return "";
}

}  // namespace

std::string in_words(const elect::Error& error) {
  elect::Error whole = error;
  whole.message += way_out(error);
  return elect::describe(whole);
}

Failure::Failure(const elect::Error& error)
    : code(code_of(error.code)), message(in_words(error)), transient(elect::is_transient(error.code)) {}

}  // namespace cli
