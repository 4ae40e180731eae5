#include <algorithm>
#include <csignal>
#include <ctime>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/inspect/screen.h"
#include "commands/proposal.h"
#include "commands/remarks.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"
#include "render/json.h"
#include "render/listing.h"

namespace cli::inspect {
namespace {

constexpr std::size_t kMostRows = 1000;   // No terminal has more lines.
constexpr std::size_t kLeaderWidth = 30;  // The line about the leader then fits into 80 columns.

// The time of day in UTC; with the date if it is not the date of `now`.
std::string time_of(std::time_t time, std::time_t now) {
  const auto then = fmt::gmtime(time);
  const auto today = fmt::gmtime(now);
  if (then.tm_yday == today.tm_yday && then.tm_year == today.tm_year) return fmt::format("{:%H:%M:%S} UTC", then);
  return fmt::format("{:%F %H:%M:%S} UTC", then);
}

// Since when the leader leads, as far as this watch has seen it.
class LeaderSince {
 public:
  // `token`: the leader's token; 0: no leader.
  void update(elect::Revision token) {
    const std::time_t now = std::time(nullptr);
    if (watch_began_at_ == 0) watch_began_at_ = now;
    if (token_ != token) since_ = token_ ? now : 0;
    token_ = token;
  }

  // `leader`: the leader's value, printable.
  [[nodiscard]] std::string line(const std::string& leader, std::time_t now) const {
    const std::string time = time_of(since_ != 0 ? since_ : watch_began_at_, now);
    if (token_ == 0) return since_ == 0 ? "no candidates" : "no candidates since " + time;
    if (since_ != 0) return fmt::format("{} leads since {}", leader, time);
    return fmt::format("{} leads since before {}, when this watch began", leader, time);
  }

 private:
  std::optional<elect::Revision> token_;
  std::time_t watch_began_at_ = 0;  // When the watch began.
  std::time_t since_ = 0;           // When this leader, or no leader, was first seen; 0: when the watch began.
};

// What the watch reported at one change.
struct WatchedQueue {
  std::string name;
  std::string host;
  elect::Revision revision;
  std::vector<render::Listed> listing;  // On a terminal: only the first kMostRows.
  std::size_t candidates;
  LeaderSince leader_since;
};

WatchedQueue watched_queue(const std::string& name, const std::string& host, const elect::Header& header,
                           const elect::Queue& queue, std::size_t most, LeaderSince& leader_since) {
  WatchedQueue found{name, host, header.revision, {}, queue.size(), {}};
  for (auto& candidate : queue.in_order()) {
    if (found.listing.size() == most) break;
    found.listing.push_back({std::move(candidate), static_cast<std::int64_t>(found.listing.size()) + 1, {}});
  }
  leader_since.update(found.listing.empty() ? 0 : found.listing.front().candidate.create_revision);
  found.leader_since = leader_since;
  return found;
}

std::string page(const WatchedQueue& found, const DrawInput& input) {
  std::vector<render::Listed> shown = found.listing;
  shown.resize(std::min(shown.size(), std::max<std::size_t>(input.room, 2) - 1));  // One line shows the leader.
  std::string text = input.title(fmt::format("election '{}' at {:%H:%M:%S} UTC: {} {}, revision {}", brief(found.name),
                                             fmt::gmtime(input.seen_at), found.candidates,
                                             found.candidates == 1 ? "candidate" : "candidates", found.revision));
  const std::string leader = shown.empty() ? std::string() : brief(shown.front().candidate.value, kLeaderWidth);
  text += input.title(found.leader_since.line(leader, input.seen_at));
  if (!shown.empty()) {
    text += render::listing_table(shown, input.style, {.host = found.host, .times_left = false});
  }
  if (shown.size() < found.candidates) text += input.title(fmt::format("and {} more", found.candidates - shown.size()));
  return text;
}

}  // namespace

Outcome watch(Context& context, const Options& options) {
  const auto format = context.format(Format::table, {Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  Screen screen(context);
  if (*format == Format::table) screen.show_outages(context.options.client);
  const Signals signals([&screen](int number) {
    if (number == SIGWINCH) screen.resize();
  });
  const Reader reader(signals.stop_token());
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto client = context.client();
  if (!client) return std::unexpected(client.error());

  const auto print = [&](const elect::Header& header, const elect::Queue& queue) -> std::expected<void, Failure> {
    const auto listing = with_leases(**client, queue.in_order(), reader.token());
    if (!listing) return std::unexpected(Failure(listing.error()));
    return write_result(render::json_inspect(options.name, header, *listing));
  };
  const std::string host = this_host();
  const std::size_t most = screen.is_terminal() ? kMostRows : std::numeric_limits<std::size_t>::max();
  LeaderSince leader_since;
  std::optional<Failure> failure;
  const auto show = [&](const elect::Header& header, const elect::Queue& queue) {
    const auto written =
        *format == Format::json
            ? print(header, queue)
            : screen.show([found = watched_queue(options.name, host, header, queue, most, leader_since)](
                              const DrawInput& input) { return page(found, input); });
    if (!written) failure = written.error();
    return !failure;
  };
  const auto ended = election->watch(show, {reader.token(), {}});
  return outcome_of_watch(signals, reader, failure, ended);
}

}  // namespace cli::inspect
