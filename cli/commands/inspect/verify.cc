#include "elect/verify.h"

#include <algorithm>

#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/remarks.h"
#include "output.h"
#include "render/json.h"

namespace cli::inspect {
namespace {

std::string mark_of(const elect::Check& check, const render::OutputStyle& output) {
  if (check.skipped) return render::coloured("SKIP ", "33", output);
  return check.ok ? render::coloured("ok   ", "32", output) : render::coloured("FAULT", "31", output);
}

}  // namespace

Outcome verify(Context& context, const Options& options) {
  const auto format = context.format(Format::simple, {Format::simple, Format::json});
  if (!format) return std::unexpected(format.error());
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto verification = elect::verify(*election);
  if (!verification) return std::unexpected(Failure(verification.error()));
  std::string text;
  if (*format == Format::json) {
    text = render::json_verification(options.name, *verification);
  } else {
    const auto output = output_style_of(context);
    for (const auto& check : verification->checks) {
      text += fmt::format("{}  {:9}  {}\n", mark_of(check, output), check.what, check.detail);
    }
  }
  if (auto written = write_result(text); !written) return std::unexpected(written.error());
  if (!std::ranges::all_of(verification->checks, &elect::Check::ok)) return kFaultFound;
  if (!verification->snapshot.candidates.empty()) return kDone;
  remark_no_candidates(*election);
  return kNoLeader;
}

}  // namespace cli::inspect
