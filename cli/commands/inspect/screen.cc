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
  draw_again();
}

void Screen::show_outages(elect::ClientOptions& options) {
  if (!terminal_) return;
  options.on_outage = [this](const elect::Error* error) {
    const std::lock_guard lock(mutex_);
    outage_ = error != nullptr ? in_words(*error) : std::string();
    draw_again();
  };
}

void Screen::draw_again() {
  if (seen_at_ == 0 || !terminal_) return;
  if (const auto drawn = draw(); !drawn) seen_at_ = 0;  // Reported at the next change: that write fails, too.
}

std::expected<void, Failure> Screen::draw() {
  const auto output = output_style_of(context_);
  const int others = outage_.empty() ? 4 : 5;  // Title, column heads, last line, cursor; and the line for the outage.
  const auto fits = static_cast<std::size_t>(std::max(output.height - others, 1));
  const DrawInput input{output, seen_at_, terminal_ ? fits : std::numeric_limits<std::size_t>::max()};
  std::string text;
  if (!outage_.empty()) text = input.title("etcd does not answer; this is how it was before: " + outage_);
  text += draw_(input);
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
