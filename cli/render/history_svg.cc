#include "render/history_svg.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "elect/names.h"
#include "render/runs_svg.h"
#include "render/svg.h"

namespace cli::render {
namespace {

using elect::Revision;

constexpr std::size_t kMostTerms = 100;
constexpr std::size_t kMostWithRuns = 60;  // The most terms, and the most runs, if runs are drawn.
constexpr std::size_t kMostRows = 60;
constexpr std::size_t kMostSteps = 280;  // A step of less than two units cannot be seen.
constexpr double kRunRow = 20;           // Below a row, if there are runs.
constexpr double kRunBar = 8;
constexpr double kThinBar = 6;

// What is drawn: the newest terms, and who waited at that time.
struct Window {
  std::span<const elect::Term> terms;
  std::vector<const elect::Stay*> waits;
  Revision from = 0;
  std::vector<std::string> values;                                     // The rows.
  std::vector<std::pair<const elect::Run*, const elect::Term*>> runs;  // Of these terms.
  std::size_t left_out = 0;  // Waiting candidates without a row: there are too many.
};

std::optional<Revision> end_of_wait(const elect::Stay& stay) { return stay.led_from ? stay.led_from : stay.last; }

// The newest runs whose terms are drawn, each with its term.
void add_runs(Window& window, std::span<const elect::Run> runs) {
  std::unordered_map<Revision, const elect::Term*> terms;
  for (const auto& term : window.terms) terms[term.leader.create_revision] = &term;
  for (std::size_t i = runs.size(); i-- > 0 && window.runs.size() < kMostWithRuns;) {
    const auto term = terms.find(runs[i].token);
    if (term != terms.end() && runs[i].claim_revision >= window.from) window.runs.emplace_back(&runs[i], term->second);
  }
  std::ranges::reverse(window.runs);
}

Window window_of(const elect::Chronicle& chronicle, const Runs& runs) {
  const std::span<const elect::Term> all(chronicle.terms());
  std::set<std::string_view> values;
  std::size_t first = all.size();
  const std::size_t most = runs ? kMostWithRuns : kMostTerms;
  while (first > 0 && all.size() - first < most) {
    const std::string& value = all[first - 1].leader.value;
    if (values.size() == kMostRows && !values.contains(value)) break;
    values.insert(value);
    --first;
  }
  Window window;
  window.terms = all.subspan(first);
  if (!window.terms.empty()) window.from = window.terms.front().first;
  const auto add_row = [&window](const std::string& value) {
    if (std::ranges::find(window.values, value) == window.values.end()) window.values.push_back(value);
  };
  for (const auto& term : window.terms) add_row(term.leader.value);
  const std::span<const elect::Stay> stays(chronicle.stays());
  for (std::size_t i = stays.size(); i-- > 0;) {
    const auto& stay = stays[i];
    const auto end = end_of_wait(stay);
    if (stay.led_from == stay.first || (end && *end <= window.from)) continue;
    if (!values.contains(stay.candidate.value)) {
      if (values.size() == kMostRows) {
        ++window.left_out;
        continue;
      }
      values.insert(stay.candidate.value);
    }
    window.waits.push_back(&stay);
  }
  std::ranges::reverse(window.waits);
  for (const auto* stay : window.waits) add_row(stay->candidate.value);
  if (runs) add_runs(window, *runs);
  return window;
}

// nullopt: it still runs. If no end is recorded, it ends with the term.
std::optional<Revision> end_of_run(const elect::Run& run, const elect::Term& term) {
  return run.end_revision > 0 ? std::optional(run.end_revision) : term.last;
}

// The horizontal axis: a step is a revision that changed something, and lasts until the next one.
class Steps {
 public:
  explicit Steps(const Window& window) {
    std::set<Revision> steps{window.from};
    const auto add = [&](std::optional<Revision> revision) {
      if (revision && *revision > window.from) steps.insert(*revision);
    };
    for (const auto& term : window.terms) {
      add(term.first);
      add(term.last);
    }
    for (const auto& [run, term] : window.runs) {
      add(run->claim_revision);
      add(end_of_run(*run, *term));
    }
    auto all = steps;
    steps.swap(all);
    for (const auto* stay : window.waits) {
      add(stay->first);
      add(end_of_wait(*stay));
    }
    if (steps.size() > kMostSteps) steps.swap(all);  // Then only terms and runs make steps.
    steps_.assign(steps.begin(), steps.end());
  }

  [[nodiscard]] std::size_t count() const { return steps_.size(); }
  [[nodiscard]] Revision at(std::size_t step) const { return steps_[step]; }
  [[nodiscard]] std::size_t of(Revision revision) const {
    const auto behind = std::ranges::upper_bound(steps_, revision);
    return behind == steps_.begin() ? 0 : static_cast<std::size_t>(behind - steps_.begin()) - 1;
  }
  // [first, behind last), at least one.
  [[nodiscard]] std::pair<std::size_t, std::size_t> between(Revision from, std::optional<Revision> to) const {
    const std::size_t first = of(from);
    return {first, to ? std::max(of(*to), first + 1) : count()};
  }
  [[nodiscard]] double x(std::size_t step) const {
    return kChartLeft + (kChartRight - kChartLeft) * static_cast<double>(step) / static_cast<double>(count());
  }

 private:
  std::vector<Revision> steps_;  // Ascending, not empty.
};

std::string span_of(Revision from, std::optional<Revision> to) {
  return to ? fmt::format("from revision {} to {}", from, *to) : fmt::format("since revision {}", from);
}

std::string term_tooltip(const elect::Term& term, const OutputStyle& output) {
  return fmt::format("{}\nleads {}\nfencing token {}\nlease {}\nkey {}", brief(term.leader.value, kKeyColumns, output),
                     span_of(term.first, term.last), term.leader.create_revision, elect::hex_of(term.leader.lease),
                     brief(term.leader.key, kKeyColumns, output));
}

class Chart {
 public:
  Chart(Picture& picture, const Window& window, const OutputStyle& output, double top)
      : picture_(picture),
        window_(window),
        steps_(window),
        output_(output),
        top_(top),
        row_height_(window.runs.empty() ? kRow : kRow + kRunRow) {
    for (std::size_t i = 0; i < window.values.size(); ++i) row_of_[window.values[i]] = i;
  }

  [[nodiscard]] double bottom() const {
    return top_ + kLine + row_height_ * static_cast<double>(window_.values.size());
  }

  void draw() {
    draw_rows();
    draw_axis();
    draw_vacancies();
    draw_waits();
    for (const auto& term : window_.terms) draw_term(term);
    for (const auto& [run, term] : window_.runs) draw_run_of(*run, *term);
  }

 private:
  // The place of a bar of that height, in the middle of its row.
  [[nodiscard]] Box box(const std::string& value, std::pair<std::size_t, std::size_t> steps, double height) const {
    const double middle = top_ + kLine + row_height_ * static_cast<double>(row_of_.at(value)) + kRow / 2;
    const double left = steps_.x(steps.first);
    const double width = steps_.x(steps.second) - left;
    return {left, middle - height / 2, width > 3 ? width - 1 : width, height};
  }

  void draw_rows() {
    std::map<std::string_view, std::int64_t> counts;
    for (const auto& term : window_.terms) ++counts[term.leader.value];
    picture_.text("muted figure end", kPictureWidth - kMargin, top_ + 16, "terms");
    for (std::size_t i = 0; i < window_.values.size(); ++i) {
      const double y = top_ + kLine + row_height_ * static_cast<double>(i);
      if (i % 2 == 0) picture_.stripe(y, row_height_);
      picture_.label({kMargin, y + kRow / 2 + 5}, window_.values[i], kRowLabel, output_);
      picture_.text("muted figure end", kPictureWidth - kMargin, y + kRow / 2 + 5,
                    fmt::to_string(counts[window_.values[i]]));
    }
  }

  void draw_axis() {
    picture_.text("muted", kMargin, top_ + 16, "revision");
    double free = kChartLeft;
    for (std::size_t step = 0; step < steps_.count(); ++step) {
      const std::string label = fmt::to_string(steps_.at(step));
      const double width = kLargeDigit * static_cast<double>(label.size());
      const double x = steps_.x(step);
      if (x < free || (step > 0 && x + width > kChartRight)) continue;
      picture_.path("grid", fmt::format("M{} {}V{}", units(x), units(top_ + 2), units(bottom())));
      picture_.text("muted figure", x + 4, top_ + 16, label);
      free = x + width + 3 * kLargeDigit;
    }
  }

  void draw_vacancies() {
    const auto& terms = window_.terms;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (!terms[i].last) continue;
      const bool newest = i + 1 == terms.size();
      if (!newest && terms[i + 1].first <= *terms[i].last) continue;
      const auto until = newest ? std::nullopt : std::optional(terms[i + 1].first);
      const auto [first, behind] = steps_.between(*terms[i].last, until);
      const double left = steps_.x(first);
      picture_.rect("vacant", {left, top_ + kLine, steps_.x(behind) - left, bottom() - top_ - kLine},
                    "no leader " + span_of(*terms[i].last, until));
      picture_.path("vacant-edge", fmt::format("M{} {}V{}", units(left), units(top_ + kLine), units(bottom())));
    }
  }

  void draw_waits() {
    // Thousands of short waits may be in one step: they are one bar.
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::vector<const elect::Stay*>> bars;
    for (const auto* stay : window_.waits) {
      const auto [first, behind] = steps_.between(stay->first, end_of_wait(*stay));
      bars[{row_of_.at(stay->candidate.value), first, behind}].push_back(stay);
    }
    for (const auto& [place, stays] : bars) {
      const auto& stay = *stays.front();
      std::string tooltip =
          fmt::format("{}\nwaits {}\ncreate revision {}\nkey {}", brief(stay.candidate.value, kKeyColumns, output_),
                      span_of(stay.first, end_of_wait(stay)), stay.candidate.create_revision,
                      brief(stay.candidate.key, kKeyColumns, output_));
      if (stays.size() > 1) tooltip += fmt::format("\nand {} more", grouped(std::ssize(stays) - 1));
      picture_.rect("waits", box(stay.candidate.value, {std::get<1>(place), std::get<2>(place)}, kThinBar), tooltip);
    }
  }

  void draw_term(const elect::Term& term) {
    const Box bar = box(term.leader.value, steps_.between(term.first, term.last), kBar);
    const std::string tooltip = term_tooltip(term, output_);
    if (term.last) {
      picture_.rect("leads", bar, tooltip);
    } else {
      picture_.path("leads", arrow(bar), tooltip);
    }
    const std::string token = fmt::to_string(term.leader.create_revision);
    if (bar.width > 8 * static_cast<double>(token.size()) + 12) {
      picture_.text("within figure", bar.x + 5, bar.y + 12, token);
    }
  }

  void draw_run_of(const elect::Run& run, const elect::Term& term) {
    const auto end = end_of_run(run, term);
    Box bar = box(term.leader.value, steps_.between(run.claim_revision, end), kRunBar);
    bar.y += kRow / 2 + 4;
    draw_run(picture_, run, bar, output_);
    if (run.state == elect::RunState::done || run.state == elect::RunState::running) return;
    draw_sign(picture_, run.state, bar.x + (bar.width - kSign) / 2, bar.y + (kRunBar - kSign) / 2);
  }

  Picture& picture_;
  const Window& window_;
  Steps steps_;
  const OutputStyle& output_;
  double top_;
  double row_height_;  // From row to row.
  std::unordered_map<std::string, std::size_t> row_of_;
};

double terms_legend(Picture& picture, double y) {
  constexpr double kItem = 208;
  double x = kMargin;
  const auto name = [&](std::string_view words) {
    picture.text("muted", x + 32, y + 13, words);
    x += kItem;
  };
  picture.rect("leads", {x, y, 24, kBar});
  name("led");
  picture.path("leads", arrow({x, y, 24, kBar}));
  name("still leads");
  picture.rect("waits", {x, y + (kBar - kThinBar) / 2, 24, kThinBar});
  name("waits");
  picture.rect("vacant", {x, y, 24, kBar});
  picture.path("vacant-edge", fmt::format("M{} {}V{}", units(x), units(y), units(y + kBar)));
  name("no leader");
  return y + kLine + 5;
}

}  // namespace

std::string history_svg(const std::string& election, const elect::History& history, const Runs& runs,
                        const OutputStyle& output) {
  Picture picture(
      fmt::format("{} of {}", runs ? "Leaders and runs" : "Leaders", brief(election, kMostColumns, output)));
  const Window window = window_of(history.chronicle, runs);
  const auto terms = std::ssize(history.chronicle.terms());
  double y =
      picture.paragraph(Picture::below_title(),
                        fmt::format("{} {}. The store reaches back to revision {}, and is at {}.", grouped(terms),
                                    terms == 1 ? "term" : "terms", history.oldest_revision, history.header.revision));
  if (runs) {
    std::string words = count_of(*runs);
    if (const auto missing = std::ssize(*runs) - std::ssize(window.runs); missing > 0) {
      words += fmt::format(" {} of them are left out.", grouped(missing));
    }
    y = picture.paragraph(y, words);
  }
  if (window.terms.empty()) return picture.file(y + kMargin);
  if (std::ssize(window.terms) < terms) {
    y = picture.paragraph(y, fmt::format("Only the newest {} terms are drawn; {} are left out.", window.terms.size(),
                                         grouped(terms - std::ssize(window.terms))));
  }
  if (window.left_out > 0) {
    y = picture.paragraph(
        y, fmt::format("{} candidates that waited are left out.", grouped(static_cast<std::int64_t>(window.left_out))));
  }
  y = picture.paragraph(y, "Each step is a revision that changed something: order, not time.");
  y = picture.paragraph(y, "Numbers in bars are fencing tokens.");
  y = terms_legend(picture, y - 6);
  if (!window.runs.empty()) y = runs_legend(picture, y);
  Chart chart(picture, window, output, y + 4);
  chart.draw();
  return picture.file(chart.bottom() + kMargin);
}

}  // namespace cli::render
