#include <unistd.h>

#include <csignal>
#include <ctime>
#include <mutex>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "commands/answer.h"
#include "commands/inspect/forms.h"
#include "elect/text.h"
#include "output.h"
#include "process/signals.h"
#include "reader.h"
#include "render/json.h"
#include "render/listing.h"

namespace cli::inspect {
namespace {

// What is shown, and shown anew where the terminal's size changes. Any thread.
class Screen {
 public:
  Screen(const Context& context, const std::string& name) : context_(context), name_(name) {}

  std::expected<void, Failure> show(const elect::Header& header, std::vector<render::Listed> listing) {
    const std::lock_guard lock(mutex_);
    header_ = header;
    listing_ = std::move(listing);
    seen_at_ = std::time(nullptr);
    return draw();
  }

  void resize() {
    const std::lock_guard lock(mutex_);
    if (seen_at_ == 0 || !terminal_) return;
    if (const auto drawn = draw(); !drawn) seen_at_ = 0;  // Said at the next change, which cannot be written either.
  }

 private:
  std::expected<void, Failure> draw() {
    auto look = look_of(context_);
    std::vector<render::Listed> shown = listing_;
    std::string below;
    const auto room = static_cast<std::size_t>(std::max(look.height - 4, 1));  // Title, heads, last line, cursor.
    if (terminal_ && shown.size() > room) {
      below = fmt::format("and {} more\n", shown.size() - room);
      shown.resize(room);
    }
    const auto title = fmt::format("election '{}' at {:%H:%M:%S}: {} {}, revision {}", elect::printable(name_),
                                   fmt::localtime(seen_at_), listing_.size(),
                                   listing_.size() == 1 ? "candidate" : "candidates", header_.revision);
    std::string text = terminal_ ? render::cut(title, static_cast<std::size_t>(look.width), look) : title;
    text += "\n" + render::listing_table(shown, look) + below;
    return write_result(terminal_ && !is_dumb() ? "\x1b[H\x1b[2J" + text : text + "\n");
  }

  const Context& context_;
  const std::string& name_;
  const bool terminal_ = is_terminal(STDOUT_FILENO);
  std::mutex mutex_;
  elect::Header header_;
  std::vector<render::Listed> listing_;
  std::time_t seen_at_ = 0;
};

}  // namespace

Outcome watch(Context& context, const Options& options) {
  const auto format = context.format(Format::table, {Format::table, Format::json});
  if (!format) return std::unexpected(format.error());
  Screen screen(context, options.name);
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
    const auto written = *format == Format::json ? write_result(render::json_inspect(options.name, header, *listing))
                                                 : screen.show(header, *std::move(listing));
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
