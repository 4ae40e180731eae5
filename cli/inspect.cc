#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include <fmt/format.h>

#include "answer.h"
#include "command.h"
#include "output.h"
#include "render/json.h"
#include "render/table.h"

namespace cli {
namespace {

struct InspectOptions {
  std::string name;
  elect::Revision revision = 0;
  bool etcdctl = false;
};

// Quoted for a POSIX shell, whatever bytes it holds.
std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char byte : text) quoted += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return quoted + "'";
}

std::string etcdctl_commands(const Context& context, const InspectOptions& options, const elect::Election& election) {
  std::string globals;
  for (const auto& endpoint : context.options.client.endpoints) globals += (globals.empty() ? "" : ",") + endpoint;
  std::string text = fmt::format("ETCDCTL_API=3 etcdctl --endpoints={} get {} --prefix --sort-by=CREATE --order=ASCEND",
                                 shell_quoted(globals), shell_quoted(election.prefix()));
  if (options.revision > 0) text += fmt::format(" --rev={}", options.revision);
  return text + "\n";
}

elect::Result<std::vector<render::Listed>> list(Context& context, const elect::Snapshot& snapshot) {
  std::vector<elect::LeaseId> leases;
  for (const auto& candidate : snapshot.candidates) {
    if (candidate.lease != 0) leases.push_back(candidate.lease);
  }
  const auto client = context.client();
  const auto statuses = (*client)->time_to_live(leases);
  if (!statuses) return std::unexpected(statuses.error());
  std::vector<render::Listed> listing;
  auto status = statuses->begin();
  for (const auto& candidate : snapshot.candidates) {
    render::Listed listed{candidate, static_cast<std::int64_t>(listing.size()) + 1, {}};
    if (candidate.lease != 0) listed.lease = *status++;
    listing.push_back(std::move(listed));
  }
  return listing;
}

Outcome run_inspect(Context& context, const InspectOptions& options) {
  const bool terminal = is_terminal(STDOUT_FILENO);
  const auto format = context.format(terminal ? Format::table : Format::simple,
                                     {Format::simple, Format::fields, Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  if (options.etcdctl) {
    if (auto written = write_result(etcdctl_commands(context, options, *election)); !written) {
      return std::unexpected(written.error());
    }
    return kDone;
  }

  const auto snapshot = election->candidates({.revision = options.revision});
  if (!snapshot) return std::unexpected(Failure(snapshot.error()));
  std::string text;
  if (*format == Format::simple || *format == Format::fields) {
    text = as_etcdctl(context, *format, *snapshot);
  } else {
    const auto listing = list(context, *snapshot);
    if (!listing) return std::unexpected(Failure(listing.error()));
    if (*format == Format::json) {
      text = render::json_inspect(options.name, snapshot->header, *listing);
    } else if (!listing->empty()) {
      const char* term = std::getenv("TERM");
      const bool colour =
          terminal && std::getenv("NO_COLOR") == nullptr && term != nullptr && std::string(term) != "dumb";
      text = render::table(
          *listing,
          {.hex = context.options.hex, .colour = colour, .width = terminal ? terminal_width(STDOUT_FILENO) : 0});
    }
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  return snapshot->candidates.empty() ? kNoLeader : kDone;
}

}  // namespace

Run declare_inspect(CLI::App& app) {
  auto options = std::make_shared<InspectOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  app.add_option("--rev", options->revision, "as of this revision of the store")->check(CLI::NonNegativeNumber);
  app.add_flag("--etcdctl", options->etcdctl, "print the etcdctl command that shows the same, and do no more");
  return [options](Context& context) { return run_inspect(context, *options); };
}

}  // namespace cli
