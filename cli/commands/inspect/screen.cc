#include "commands/inspect/screen.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "commands/answer.h"
#include "output.h"

namespace cli::inspect {

Screen::Screen(const Context& context) : context_(context), terminal_(cli::is_terminal(STDOUT_FILENO)) {}

std::expected<void, Failure> Screen::show(Draw draw) {
  const std::lock_guard lock(mutex_);
  draw_ = std::move(draw);
  seen_at_ = std::time(nullptr);
  return this->draw();
}

void Screen::resize() {
  const std::lock_guard lock(mutex_);
  if (seen_at_ == 0 || !terminal_) return;
  if (const auto drawn = draw(); !drawn) seen_at_ = 0;  // Reported at the next change: that write fails, too.
}

std::expected<void, Failure> Screen::draw() {
  const auto output = output_style_of(context_);
  const auto fits =
      static_cast<std::size_t>(std::max(output.height - 4, 1));  // Title, column heads, last line, cursor.
  const std::string text = draw_({output, seen_at_, terminal_ ? fits : std::numeric_limits<std::size_t>::max()});
  return write_result(terminal_ && !is_dumb() ? "\x1b[H\x1b[2J" + text : text + "\n");
}

Outcome outcome_of_watch(const Signals& signals, const Reader& reader, const std::optional<Failure>& failure,
                         const elect::Result<void>& ended) {
  if (signals.first() != 0) return kDone;
  if (reader.is_gone()) return std::unexpected(reader_gone());
  if (failure) return std::unexpected(*failure);
  if (!ended) return std::unexpected(Failure(ended.error()));
  return kDone;
}

}  // namespace cli::inspect
