#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/proposal.h"
#include "commands/remarks.h"
#include "output.h"
#include "render/json.h"
#include "render/listing.h"
#include "render/prometheus.h"

namespace cli::inspect {
namespace {

Outcome list_in(Context& context, const Options& options, Format format) {
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto snapshot = election->candidates({.revision = options.revision});
  if (!snapshot) return std::unexpected(Failure(snapshot.error()));
  std::string text;
  if (format == Format::simple || format == Format::fields) {
    text = as_etcdctl(context, format, *snapshot);
  } else {
    const auto client = context.client();
    if (!client) return std::unexpected(client.error());
    const auto listing = with_leases(**client, snapshot->candidates);
    if (!listing) return std::unexpected(Failure(listing.error()));
    if (format == Format::json) {
      text = render::json_inspect(options.name, snapshot->header, *listing);
    } else if (format == Format::prometheus) {
      text = render::prometheus({{options.name, snapshot->count, *listing}});
    } else if (!listing->empty()) {
      text = render::listing_table(*listing, output_style_of(context), {.host = this_host()});
    }
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  if (!snapshot->candidates.empty()) return kDone;
  remark_no_candidates_at(*election, options.revision);
  return kNoLeader;
}

}  // namespace

elect::Result<std::vector<render::Listed>> with_leases(elect::Client& client,
                                                       const std::vector<elect::Candidate>& candidates,
                                                       const std::stop_token& stop) {
  std::vector<elect::LeaseId> leases;
  for (const auto& candidate : candidates) {
    if (candidate.lease != 0) leases.push_back(candidate.lease);
  }
  const auto statuses = client.time_to_live(leases, false, {stop, {}});
  if (!statuses) return std::unexpected(statuses.error());
  std::vector<render::Listed> listing;
  listing.reserve(candidates.size());
  auto status = statuses->begin();
  for (const auto& candidate : candidates) {
    render::Listed listed{candidate, static_cast<std::int64_t>(listing.size()) + 1, {}};
    if (candidate.lease != 0) listed.lease = *status++;
    listing.push_back(std::move(listed));
  }
  return listing;
}

Outcome list(Context& context, const Options& options) {
  const auto format = context.format(default_format(),
                                     {Format::simple, Format::fields, Format::table, Format::json, Format::prometheus});
  if (!format) return std::unexpected(format.error());
  auto outcome = list_in(context, options, *format);
  return *format == Format::prometheus ? print_down_on_failure(std::move(outcome), "election", options.name) : outcome;
}

}  // namespace cli::inspect
