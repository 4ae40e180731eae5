#include <algorithm>
#include <csignal>
#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "commands/inspect/screen.h"
#include "elect/text.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"
#include "render/json.h"
#include "render/listing.h"

namespace cli::inspect {
namespace {

std::string page(const std::string& name, const elect::Header& header, std::span<const render::Listed> listing,
                 const Moment& moment) {
  const std::size_t shown = std::min(listing.size(), moment.room);
  const auto title = fmt::format("election '{}' at {:%H:%M:%S}: {} {}, revision {}", elect::printable(name),
                                 fmt::localtime(moment.seen_at), listing.size(),
                                 listing.size() == 1 ? "candidate" : "candidates", header.revision);
  std::string text =
      moment.title(title) +
      render::listing_table({listing.begin(), listing.begin() + static_cast<std::ptrdiff_t>(shown)}, moment.look);
  if (shown < listing.size()) text += fmt::format("and {} more\n", listing.size() - shown);
  return text;
}

}  // namespace

Outcome watch(Context& context, const Options& options) {
  const auto format = context.format(Format::table, {Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  Screen screen(context);
  const Signals signals([&screen](int number) {
    if (number == SIGWINCH) screen.resize();
  });
  const Reader reader(signals.stop_token());
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto client = context.client();
  if (!client) return std::unexpected(client.error());

  std::optional<Failure> failure;
  const auto show = [&](const elect::Header& header, const elect::Queue& queue) {
    auto listing = with_leases(**client, queue.in_order(), reader.token());
    if (!listing) {
      failure = Failure(listing.error());
      return false;
    }
    const auto draw = [&options, header, listing = *listing](const Moment& moment) {
      return page(options.name, header, listing, moment);
    };
    const auto written = *format == Format::json ? write_result(render::json_inspect(options.name, header, *listing))
                                                 : screen.show(draw);
    if (!written) failure = written.error();
    return !failure;
  };
  const auto ended = election->watch(show, {reader.token(), {}});
  if (signals.first() != 0) return kDone;  // How one ends it.
  if (reader.is_gone()) return std::unexpected(reader_gone());
  if (failure) return std::unexpected(*failure);
  if (!ended) return std::unexpected(Failure(ended.error()));
  return kDone;
}

}  // namespace cli::inspect
