#include "answer.h"

#include <unistd.h>

#include "output.h"
#include "render/etcdctl.h"
#include "render/json.h"

namespace cli {

render::SimpleStyle simple_style(const Context& context) {
  return {.hex = context.options.hex, .escape = is_terminal(STDOUT_FILENO)};
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

std::string as_candidate(const Context& context, Format format, const elect::Snapshot& snapshot) {
  if (format != Format::json) return as_etcdctl(context, format, snapshot);
  return render::json_candidate({snapshot.candidates.front(), 1, {}});
}

elect::Snapshot snapshot_of(const elect::Header& header, const elect::Candidate& candidate, std::int64_t count) {
  return {header, {candidate}, count};
}

elect::Snapshot snapshot_of(const elect::Observation& observation) {
  const bool proclaimed = observation.type == elect::Observation::Type::proclaimed;
  return snapshot_of(observation.header, observation.leader, proclaimed ? observation.count : 0);
}

}  // namespace cli
