#include "commands/remarks.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/survey.h"
#include "elect/text.h"
#include "grammar/suggestion.h"
#include "output.h"
#include "render/columns.h"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestLook = 1s;  // A remark is not worth a longer wait.
constexpr std::int64_t kKeysLookedAt = 20'000;
constexpr std::size_t kLongestName = 128;  // Nobody types a longer name by hand.

// A similar name of an election that has candidates.
std::optional<std::string> similar_to(const elect::Election& election) {
  const auto survey = elect::survey(
      election.client(), "", {.limit = kKeysLookedAt, .keys_only = true, .by_key = true},
      elect::within(std::min<std::chrono::nanoseconds>(kLongestLook, election.client().options().command_timeout)));
  if (!survey) return std::nullopt;  // Perhaps the account has no permission for other elections.
  std::vector<std::string> names;
  for (const auto& [name, queue] : survey->elections.all()) {
    if (name != election.name() && name.size() <= kLongestName) names.push_back(name);
  }
  return suggestion(election.name(), names);
}

}  // namespace

std::string brief(std::string_view bytes, std::size_t width) {
  return render::cut_middle(elect::printable(bytes), width, {.ascii = !speaks_utf8()});
}

void remark_no_candidates(const elect::Election& election, std::string_view more) {
  if (!is_terminal(STDERR_FILENO)) return;
  const auto meant = similar_to(election);
  remark(fmt::format("no candidates in election '{}'{}{}", brief(election.name()), more,
                     meant ? fmt::format("; did you mean '{}'?", elect::printable(*meant)) : ""));
}

void remark_no_candidates_at(const elect::Election& election, elect::Revision revision) {
  if (revision == 0) return remark_no_candidates(election);
  remark(fmt::format("no candidates in election '{}' at revision {}", brief(election.name()), revision));
}

void remark_no_runs(const elect::Election& election, const std::optional<std::string>& id, elect::Revision revision) {
  const std::string which = id ? fmt::format("no run '{}'", brief(*id)) : "no runs";
  const std::string when = revision > 0 ? fmt::format(" at revision {}", revision) : "";
  remark(fmt::format("{} of election '{}' in the ledger{}", which, brief(election.name()), when));
}

void remark_not_elected(const elect::Election& election, std::optional<std::chrono::nanoseconds> within) {
  if (!is_terminal(STDERR_FILENO)) return;
  const auto found = election.candidates({.limit = 1}, elect::within(kLongestLook));
  const std::string time = within ? fmt::format(" within {}", elect::format_duration(*within)) : "";
  const std::string leader =
      found && !found->candidates.empty() ? fmt::format(": {} leads", brief(found->candidates.front().value)) : "";
  remark(fmt::format("not elected{}{}", time, leader));
}

}  // namespace cli
