#include <CLI/CLI.hpp>

#include "command.h"
#include "output.h"

namespace cli {

Declared declare_version(CLI::App&) {
  const auto run = [](Context&) -> Outcome {
    if (auto written = write_result("electctl version: " ELECTCTL_VERSION "\nAPI version: 3\n"); !written) {
      return std::unexpected(written.error());
    }
    return kDone;
  };
  return {run,
          {.description = {},
           .examples = {{"electctl version", "print it"},
                        {"electctl version | head -n1", "without the version of etcd's API"}},
           .exits = {{"0", "done"}}}};
}

}  // namespace cli
