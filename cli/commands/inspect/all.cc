#include "elect/survey.h"

#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/remarks.h"
#include "output.h"
#include "render/json.h"
#include "render/listing.h"
#include "render/prometheus.h"

namespace cli::inspect {
namespace {

std::string text_of(const Context& context, Format format, const std::string& prefix, const elect::Header& header,
                    const std::vector<render::ListedElection>& elections) {
  if (format == Format::json) return render::json_elections(prefix, header, elections);
  if (format == Format::prometheus) {
    std::vector<render::ElectionMetrics> metrics;
    metrics.reserve(elections.size());
    for (const auto& [name, candidates, leader] : elections) metrics.push_back({name, candidates, {leader}});
    return render::prometheus_below(prefix, metrics);
  }
  if (format == Format::table)
    return elections.empty() ? "" : render::elections_table(elections, output_style_of(context));
  std::string text;
  for (const auto& election : elections) text += render::simple(election.leader.candidate, simple_style(context));
  return text;
}

Outcome all_in(Context& context, const Options& options, Format format) {
  const auto client = context.client();
  if (!client) return std::unexpected(client.error());
  const auto survey = elect::survey(**client, *options.all, {.revision = options.revision});
  if (!survey) return std::unexpected(Failure(survey.error()));
  std::vector<render::ListedElection> elections;
  std::vector<elect::Candidate> leaders;
  for (const auto& [name, queue] : survey->elections.all()) {
    elections.push_back({name, static_cast<std::int64_t>(queue.size()), {*queue.leader(), 1, {}}});
    leaders.push_back(*queue.leader());
  }
  if (format != Format::simple) {
    auto listed = with_leases(**client, leaders);
    if (!listed) return std::unexpected(Failure(listed.error()));
    for (std::size_t i = 0; i < elections.size(); ++i) elections[i].leader.lease = std::move((*listed)[i].lease);
  }
  const std::string text = text_of(context, format, *options.all, survey->header, elections);
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  if (!elections.empty()) return kDone;
  const std::string which =
      options.all->empty() ? "" : fmt::format(" whose name begins with '{}'", brief(*options.all));
  remark(fmt::format("no election{} has candidates", which));
  return kNoLeader;
}

}  // namespace

Outcome all(Context& context, const Options& options) {
  const auto format =
      context.format(default_format(), {Format::simple, Format::table, Format::json, Format::prometheus});
  if (!format) return std::unexpected(format.error());
  auto outcome = all_in(context, options, *format);
  return *format == Format::prometheus ? print_down_on_failure(std::move(outcome), "prefix", *options.all) : outcome;
}

}  // namespace cli::inspect
