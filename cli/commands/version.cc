#include "commands/version.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "elect/version.h"
#include "grammar/command.h"
#include "output.h"

namespace cli {

Outcome print_version() {
  if (auto written = write_result(fmt::format("electctl version: {}\nAPI version: 3\n", elect::kVersion)); !written) {
    return std::unexpected(written.error());
  }
  return kDone;
}

Declared declare_version(CLI::App&) {
  return {[](Context&) { return print_version(); },
          {.description = {},
           .examples = {{"electctl version", "print it"},
                        {"electctl version | head -n1", "without the version of etcd's API"}},
           .exits = {{"0", "done"}}},
          [] { return false; }};
}

}  // namespace cli
