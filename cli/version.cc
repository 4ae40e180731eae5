#include <CLI/CLI.hpp>

#include "command.h"
#include "output.h"

namespace cli {

Run declare_version(CLI::App&) {
  return [](Context&) -> Outcome {
    if (auto written = write_result("electctl version: " ELECTCTL_VERSION "\nAPI version: 3\n"); !written) {
      return std::unexpected(written.error());
    }
    return kDone;
  };
}

}  // namespace cli
