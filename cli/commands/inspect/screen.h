// What inspect --watch shows, and shows anew where the terminal's size changes.
#pragma once

#include <cstddef>
#include <ctime>
#include <functional>
#include <mutex>
#include <string>

#include "grammar/command.h"
#include "render/columns.h"

namespace cli::inspect {

// What there is to draw for.
struct Moment {
  render::Look look;
  std::time_t seen_at;  // When what is drawn came.
  std::size_t room;     // How many rows of a table fit between title, heads and the last line.

  // The first line, cut to the terminal.
  [[nodiscard]] std::string title(const std::string& text) const {
    return (look.width > 0 ? render::cut(text, static_cast<std::size_t>(look.width), look) : text) + "\n";
  }
};

// Any thread.
class Screen {
 public:
  using Draw = std::function<std::string(const Moment&)>;

  explicit Screen(const Context& context);
  std::expected<void, Failure> show(Draw draw);
  void resize();
  [[nodiscard]] bool is_terminal() const { return terminal_; }

 private:
  std::expected<void, Failure> draw();

  const Context& context_;
  const bool terminal_;
  std::mutex mutex_;
  Draw draw_;
  std::time_t seen_at_ = 0;
};

}  // namespace cli::inspect
