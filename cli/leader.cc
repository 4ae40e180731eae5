#include <unistd.h>

#include <CLI/CLI.hpp>
#include <optional>

#include <fmt/format.h>

#include "answer.h"
#include "command.h"
#include "output.h"

namespace cli {
namespace {

struct LeaderOptions {
  std::string name;
  std::optional<std::string> is;
  elect::Revision revision = 0;
  std::string consistency = "l";
  bool value_only = false;
  bool keys_only = false;
};

Outcome run_leader(Context& context, const LeaderOptions& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::fields, Format::json});
  if (!format) return std::unexpected(format.error());
  if (*format != Format::simple && (options.value_only || options.keys_only)) {
    return bad_arguments("--print-value-only and --keys-only go with -w simple");
  }
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto snapshot =
      election->candidates({.revision = options.revision, .limit = 1, .serializable = options.consistency == "s"});
  if (!snapshot) return std::unexpected(Failure(snapshot.error()));
  if (snapshot->candidates.empty()) return kNoLeader;
  if (options.is) return snapshot->candidates.front().value == *options.is ? kDone : kNotElected;

  std::string text;
  if (*format == Format::simple) {
    auto style = simple_style(context);
    style.keys_only = options.keys_only;
    style.values_only = options.value_only;
    text = render::simple(snapshot->candidates, style);
  } else {
    text = as_candidate(context, *format, *snapshot);
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  return kDone;
}

}  // namespace

Run declare_leader(CLI::App& app) {
  auto options = std::make_shared<LeaderOptions>();
  app.add_option("NAME", options->name, "the election")->required();
  auto* is = app.add_option("--is", options->is,
                            "print nothing; exit 0 where the leader has this value, 11 where not, 10 for none");
  app.add_option("--rev", options->revision, "as of this revision of the store")->check(CLI::NonNegativeNumber);
  app.add_option("--consistency", options->consistency, "l: linearizable, s: what one member has, which may be old")
      ->check(CLI::IsMember({"l", "s"}));
  auto* value_only = app.add_flag("--print-value-only", options->value_only, "print the value alone");
  auto* keys_only = app.add_flag("--keys-only", options->keys_only, "print the key alone, as etcdctl does");
  value_only->excludes(keys_only);
  is->excludes(value_only)->excludes(keys_only);
  return [options](Context& context) { return run_leader(context, *options); };
}

}  // namespace cli
