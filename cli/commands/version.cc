#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "elect/version.h"
#include "grammar/command.h"
#include "output.h"

namespace cli {

Declared declare_version(CLI::App&) {
  const auto run = [](Context&) -> Outcome {
    if (auto written = write_result(fmt::format("electctl version: {}\nAPI version: 3\n", elect::kVersion)); !written) {
      return std::unexpected(written.error());
    }
    return kDone;
  };
  return {run,
          {.description = {},
           .examples = {{"electctl version", "print it"},
                        {"electctl version | head -n1", "without the version of etcd's API"}},
           .exits = {{"0", "done"}}},
          [] { return false; }};
}

}  // namespace cli
