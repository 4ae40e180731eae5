#include "render/runs_svg.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace cli::render {
namespace {

using elect::Run;
using elect::RunState;
using elect::WallTime;

constexpr std::size_t kMostRuns = 60;
constexpr double kShortestBar = 5;  // A shorter bar cannot be seen.
constexpr double kUnendedBar = 30;  // The length of a bar whose end is unknown.
constexpr double kValueLeft = 180;
constexpr double kLeft = 316;
constexpr double kRight = 676;
constexpr double kSignLeft = 692;
constexpr std::array kStates = {RunState::running, RunState::done, RunState::failed, RunState::ended,
                                RunState::abandoned};

double seconds_of(WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

std::string clock_of(WallTime time, const char* format) {
  return fmt::format(fmt::runtime(format), fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::optional<double> took_of(const Run& run) {
  if (!run.began || !run.end) return std::nullopt;
  return seconds_of(run.end->at) - seconds_of(*run.began);
}

// 95.3 as 1m35s. Negative if the clock was set back.
std::string took_text(double seconds) {
  if (std::abs(seconds) < 10) return fmt::format("{:.1f}s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(std::abs(seconds)));
  const std::string_view sign = seconds < 0 ? "-" : "";
  if (whole < 60) return fmt::format("{}{}s", sign, whole);
  if (whole < 3600) return fmt::format("{}{}m{:02}s", sign, whole / 60, whole % 60);
  if (whole < 360000) return fmt::format("{}{}h{:02}m", sign, whole / 3600, whole / 60 % 60);
  return fmt::format("{}{} days", sign, whole / 86400);
}

std::string outcome_of(const Run& run) {
  std::string text(elect::name_of(run.state));
  if (run.end && run.end->exit_code && *run.end->exit_code != 0) text += fmt::format(" {}", *run.end->exit_code);
  return text;
}

std::string tooltip_of(const Run& run, const OutputStyle& output) {
  std::string text = fmt::format("{}\n{} on {}", brief(run.id, kKeyColumns, output), elect::name_of(run.state),
                                 brief(run.value, kKeyColumns, output));
  if (run.began) text += "\nbegan " + elect::format_time(*run.began);
  if (run.end) {
    text += "\nended " + elect::format_time(run.end->at);
    if (const auto length = took_of(run)) text += "\ntook " + took_text(*length);
    if (run.end->exit_code) text += fmt::format("\nexit code {}", *run.end->exit_code);
    if (!run.end->reason.empty()) text += "\n" + brief(run.end->reason, kKeyColumns, {});
  }
  if (run.token > 0) text += fmt::format("\nfencing token {}", run.token);
  return text + "\nkey " + brief(run.key, kKeyColumns, output);
}

// The horizontal axis, from the earliest to the latest time.
class TimeAxis {
 public:
  TimeAxis(std::span<const Run> runs, WallTime now) {
    const auto take = [this](WallTime time) {
      first_ = first_ ? std::min(*first_, time) : time;
      last_ = last_ ? std::max(*last_, time) : time;
    };
    for (const Run& run : runs) {
      if (!run.began) continue;
      take(*run.began);
      if (run.end) take(run.end->at);
      if (run.state == RunState::running) take(now);
    }
  }

  [[nodiscard]] bool empty() const { return !first_; }
  [[nodiscard]] WallTime first() const { return *first_; }
  [[nodiscard]] WallTime last() const { return *last_; }
  [[nodiscard]] double x(double seconds) const {
    const double part = (seconds - seconds_of(*first_)) / span();
    return kLeft + (kRight - kLeft) * std::clamp(part, 0.0, 1.0);
  }

  void draw(Picture& picture, double top, double bottom) const {
    static constexpr std::array<double, 22> kSteps = {1,     2,     5,      10,     15,      30,      60,    120,
                                                      300,   600,   900,    1800,   3600,    7200,    10800, 21600,
                                                      43200, 86400, 172800, 604800, 2592000, 31536000};
    const bool days = span() > 86400;
    const auto format_for = [days](double step) {
      return step >= 31536000 ? "{:%Y}"
             : step >= 86400  ? "{:%m-%d}"
             : days           ? "{:%m-%d %H:%M}"
             : step >= 60     ? "{:%H:%M}"
                              : "{:%H:%M:%S}";
    };
    const auto wide = [&](double step) {
      return kLargeDigit * (static_cast<double>(clock_of(first(), format_for(step)).size()) + 1.5);
    };
    double step = kSteps.back();
    for (const double one : kSteps) {
      if (one / span() * (kRight - kLeft) < wide(one)) continue;
      step = one;
      break;
    }
    while (step / span() * (kRight - kLeft) < wide(step)) step *= 2;
    const auto last_step = std::llround(std::floor(seconds_of(last()) / step));
    for (auto i = std::llround(std::ceil(seconds_of(first()) / step)); i <= last_step; ++i) {
      const double at = static_cast<double>(i) * step;
      const auto time = WallTime(std::chrono::seconds(std::llround(at)));
      picture.path("grid", fmt::format("M{} {}V{}", units(x(at)), units(top + 2), units(bottom)));
      if (x(at) + wide(step) > kSignLeft + kLargeDigit) break;
      picture.text("muted figure", x(at) + 4, top + 16, clock_of(time, format_for(step)));
    }
  }

 private:
  [[nodiscard]] double span() const { return std::max(1.0, seconds_of(*last_) - seconds_of(*first_)); }

  std::optional<WallTime> first_;
  std::optional<WallTime> last_;
};

std::string circle(double x, double y, double radius) {
  return fmt::format("M{0} {1}a{2} {2} 0 1 0 {3} 0a{2} {2} 0 1 0 -{3} 0Z", units(x - radius), units(y), units(radius),
                     units(2 * radius));
}

void draw_row(Picture& picture, const Run& run, const TimeAxis& axis, double y, const OutputStyle& output) {
  constexpr std::size_t kIdColumns = 19;
  constexpr std::size_t kValueColumns = 16;
  constexpr std::size_t kSlimIdColumns = 11;
  constexpr std::size_t kSlimValueColumns = 9;
  const double line = y + kRow / 2 + 5;
  picture.label({kMargin, line}, run.id, {kIdColumns, kSlimIdColumns}, output);
  picture.label({kValueLeft, line}, run.value, {kValueColumns, kSlimValueColumns}, output);
  draw_sign(picture, run.state, kSignLeft, y + (kRow - kSign) / 2);
  picture.text("figure", kSignLeft + kSign + 8, line, outcome_of(run));
  const auto length = took_of(run);
  picture.text("muted figure end wide", kPictureWidth - kMargin, line, length ? took_text(*length) : "");
  if (!run.began) return;
  const double left = std::min(axis.x(seconds_of(*run.began)), kRight - kShortestBar);
  double right = left + kUnendedBar;
  if (run.end) right = axis.x(seconds_of(run.end->at));
  if (run.state == RunState::running) right = kRight;
  draw_run(picture, run, {left, y + (kRow - kBar) / 2, std::max(std::min(right, kRight) - left, kShortestBar), kBar},
           output);
}

}  // namespace

void draw_run(Picture& picture, const Run& run, const Box& box, const OutputStyle& output) {
  const std::string classes(elect::name_of(run.state));
  if (run.state == RunState::running) {
    picture.path(classes, arrow(box), tooltip_of(run, output));
  } else {
    picture.rect(classes, box, tooltip_of(run, output));
  }
}

void draw_sign(Picture& picture, RunState state, double x, double y) {
  const double middle = kSign / 2;
  const auto move = [&](double dx, double dy) { return fmt::format("{} {}", units(x + dx), units(y + dy)); };
  const std::string classes(elect::name_of(state));
  switch (state) {
    case RunState::running:
      picture.path(classes, fmt::format("M{}L{}L{}Z", move(1, 0), move(kSign, middle), move(1, kSign)));
      break;
    case RunState::done:
      picture.path(classes, circle(x + middle, y + middle, middle));
      picture.path("sign", fmt::format("M{}L{}L{}", move(3.5, 7.5), move(6, 10), move(10.5, 4.5)));
      break;
    case RunState::failed:
      picture.rect(classes, {x, y, kSign, kSign});
      picture.path("sign", fmt::format("M{}L{}M{}L{}", move(4, 4), move(10, 10), move(10, 4), move(4, 10)));
      break;
    case RunState::ended:
      picture.path(classes, fmt::format("M{}L{}L{}L{}L{}L{}L{}L{}Z", move(4, 0), move(10, 0), move(14, 4), move(14, 10),
                                        move(10, 14), move(4, 14), move(0, 10), move(0, 4)));
      picture.path("sign", fmt::format("M{}L{}", move(4, 7), move(10, 7)));
      break;
    case RunState::abandoned:
      picture.path(classes, circle(x + middle, y + middle, middle - 0.75));
      picture.text("question middle", x + middle, y + middle + 3.5, "?");
      break;
  }
}

double runs_legend(Picture& picture, double y) {
  double x = kMargin;
  for (const RunState state : kStates) {
    draw_sign(picture, state, x, y + 1);
    picture.text("muted", x + kSign + 8, y + 13, elect::name_of(state));
    x += 166;
  }
  return y + 30;
}

std::string count_of(std::span<const Run> runs) {
  std::string text = fmt::format("{} {}", grouped(std::ssize(runs)), runs.size() == 1 ? "run" : "runs");
  std::string_view before = ": ";
  for (const RunState state : kStates) {
    const auto count = std::ranges::count(runs, state, &Run::state);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", before, grouped(count), elect::name_of(state));
    before = ", ";
  }
  return text + ".";
}

std::string runs_svg(const std::string& election, std::span<const Run> runs, WallTime now, const OutputStyle& output) {
  Picture picture(fmt::format("Runs of {}", brief(election, kMostColumns, output)));
  double y = picture.paragraph(Picture::below_title(), count_of(runs));
  const auto drawn = runs.last(std::min(runs.size(), kMostRuns));
  if (drawn.empty()) return picture.file(y);
  y = picture.paragraph(y, "Oldest claim first. The number after a state is CMD's exit code.");
  if (drawn.size() < runs.size()) {
    y = picture.paragraph(y, fmt::format("Only the newest {} are drawn; {} are left out.", drawn.size(),
                                         grouped(std::ssize(runs) - std::ssize(drawn))));
  }
  const TimeAxis axis(drawn, now);
  if (!axis.empty()) {
    y = picture.paragraph(
        y, fmt::format("{} to {} UTC, by the hosts' clocks.", clock_of(axis.first(), "{:%Y-%m-%d %H:%M:%S}"),
                       clock_of(axis.last(), "{:%Y-%m-%d %H:%M:%S}")));
  }
  const double top = runs_legend(picture, y - 6) + 4;
  const double bottom = top + kLine + kRow * static_cast<double>(drawn.size());
  for (std::size_t i = 0; i < drawn.size(); i += 2) {
    picture.stripe(top + kLine + kRow * static_cast<double>(i), kRow);
  }
  picture.text("muted", kMargin, top + 16, "ID");
  picture.text("muted", kValueLeft, top + 16, "value");
  picture.text("muted", kSignLeft, top + 16, "state");
  picture.text("muted end wide", kPictureWidth - kMargin, top + 16, "took");
  if (!axis.empty()) axis.draw(picture, top, bottom);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    draw_row(picture, drawn[i], axis, top + kLine + kRow * static_cast<double>(i), output);
  }
  return picture.file(bottom + kMargin);
}

}  // namespace cli::render
