// Shows the output of inspect --watch. Draws it again when the terminal's size changes.
#pragma once

#include <cstddef>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "elect/error.h"
#include "grammar/command.h"
#include "process/signals.h"
#include "reader.h"
#include "render/columns.h"

namespace cli::inspect {

// What a page is drawn from, besides the data.
struct DrawInput {
  render::OutputStyle style;
  std::time_t seen_at;  // When the data arrived.
  std::size_t room;     // How many table rows fit between the column heads and the last line.

  // One line, cut to the terminal's width.
  [[nodiscard]] std::string title(const std::string& text) const {
    return (style.width > 0 ? render::cut(text, static_cast<std::size_t>(style.width), style) : text) + "\n";
  }
};

// Thread-safe.
class Screen {
 public:
  using Draw = std::function<std::string(const DrawInput&)>;

  explicit Screen(const Context& context);
  // Shows the page that `draw` makes, in place of the one before; on a dumb terminal, and in a file, below it.
  std::expected<void, Failure> show(Draw draw);
  // Call it when the terminal's size has changed: shows the last page again.
  void resize();
  // On a terminal shows in the first line that etcd does not answer, as long as it does not. Elsewhere a warning says
  // so. Call it before the client is made.
  void show_outages(elect::ClientOptions& options);
  [[nodiscard]] bool is_terminal() const { return terminal_; }

 private:
  // Both with mutex_ held.
  std::expected<void, Failure> draw();
  void draw_again();

  const Context& context_;
  const bool terminal_;
  std::mutex mutex_;
  Draw draw_;
  std::time_t seen_at_ = 0;
  std::string outage_;  // Why etcd does not answer. Empty: it answers.
};

// The outcome of a watch that has ended. A signal is the usual end. `failure`: why something could not be shown.
[[nodiscard]] Outcome outcome_of_watch(const Signals& signals, const Reader& reader,
                                       const std::optional<Failure>& failure, const elect::Result<void>& ended);

}  // namespace cli::inspect
