#include "commands/answer.h"

#include <unistd.h>

#include <fmt/format.h>

#include "output.h"
#include "render/etcdctl.h"
#include "render/json.h"
#include "render/prometheus.h"

namespace cli {

render::SimpleStyle simple_style(const Context& context) {
  return {.hex = context.options.hex, .escape = is_terminal(STDOUT_FILENO)};
}

render::OutputStyle output_style_of(const Context& context) {
  const bool terminal = is_terminal(STDOUT_FILENO);
  return {.hex = context.options.hex,
          .colour = wants_colour(STDOUT_FILENO),
          .ascii = !speaks_utf8(),
          .width = terminal ? terminal_size(STDOUT_FILENO).columns : 0,
          .height = terminal ? terminal_size(STDOUT_FILENO).lines : 0};
}

Format default_format() { return is_terminal(STDOUT_FILENO) ? Format::table : Format::simple; }

Outcome print_down_on_failure(Outcome outcome, std::string_view label, const std::string& name) {
  if (outcome) return outcome;
  if (auto written = write_result(render::prometheus_down(label, name)); !written)
    return std::unexpected(written.error());
  return outcome;
}

std::string as_etcdctl(const Context& context, Format format, const elect::Snapshot& snapshot) {
  const render::RangeAnswer answer{
      snapshot.header, snapshot.candidates,
      snapshot.count > static_cast<std::int64_t>(snapshot.candidates.size()) && !snapshot.candidates.empty(),
      snapshot.count};
  switch (format) {
    case Format::fields:
      return render::etcdctl_fields(answer);
    case Format::json:
      return render::etcdctl_json(answer);
    case Format::protobuf:
      return render::etcdctl_protobuf(answer);
    default:
      return render::simple(snapshot.candidates, simple_style(context));
  }
}

std::optional<elect::LeaseStatus> lease_shown(elect::Client& client, Format format, const elect::Candidate& candidate) {
  if (format != Format::json || candidate.lease == 0) return std::nullopt;
  const auto status = client.time_to_live(candidate.lease);
  if (status) return *status;
  warn(fmt::format("the time left of lease {} is not known: {}", elect::hex_of(candidate.lease),
                   in_words(status.error())));
  return std::nullopt;
}

std::string as_candidate(const Context& context, Format format, const elect::Snapshot& snapshot, const Found& found) {
  if (format != Format::json) return as_etcdctl(context, format, snapshot);
  return render::json_candidate({snapshot.candidates.front(), found.rank, found.lease});
}

elect::Snapshot snapshot_of(const elect::Header& header, const elect::Candidate& candidate, std::int64_t count) {
  return {header, {candidate}, count};
}

elect::Snapshot snapshot_of(const elect::Observation& observation) {
  const bool proclaimed = observation.type == elect::Observation::Type::proclaimed;
  return snapshot_of(observation.header, observation.leader, proclaimed ? observation.count : 0);
}

}  // namespace cli
