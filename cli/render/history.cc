#include "render/history.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "render/simple.h"

namespace cli::render {
namespace {

using elect::Revision;

constexpr std::size_t kWidestStep = 4;
constexpr std::size_t kBetweenTicks = 12;
constexpr std::size_t kFallbackWidth = 80;

struct Glyphs {
  std::string_view leads;
  std::string_view waits;
};
Glyphs glyphs_of(const OutputStyle& output) { return output.ascii ? Glyphs{"#", "-"} : Glyphs{"█", "░"}; }

// The steps of the timeline. Step i lasts from its revision to the revision of the next step.
class Axis {
 public:
  // At most `width` steps.
  Axis(std::vector<Revision> steps, std::size_t width) : steps_(std::move(steps)) {
    columns_ = steps_.size() * std::min(width / steps_.size(), kWidestStep);
  }

  [[nodiscard]] std::size_t columns() const { return columns_; }

  // The columns that the time between two revisions touches: [first, behind last).
  [[nodiscard]] std::pair<std::size_t, std::size_t> between(Revision from, std::optional<Revision> to) const {
    const std::size_t first = step_of(from);
    const std::size_t behind = to ? std::max(step_of(*to), first + 1) : steps_.size();
    return {first * columns_ / steps_.size(), (behind * columns_ + steps_.size() - 1) / steps_.size()};
  }

  [[nodiscard]] Revision at(std::size_t column) const { return steps_[column * steps_.size() / columns_]; }

  [[nodiscard]] std::string ticks() const {
    std::string line;
    for (std::size_t column = 0; column < columns_; ++column) {
      if (line.size() > column || (column > 0 && column % kBetweenTicks != 0)) continue;
      const std::string label = fmt::to_string(at(column));
      if (column > 0 && column + label.size() > columns_) break;
      line.append(column - line.size(), ' ');
      line += label + " ";
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
  }

 private:
  [[nodiscard]] std::size_t step_of(Revision revision) const {
    const auto behind = std::ranges::upper_bound(steps_, revision);
    return behind == steps_.begin() ? 0 : static_cast<std::size_t>(behind - steps_.begin()) - 1;
  }

  std::vector<Revision> steps_;  // Ascending, not empty.
  std::size_t columns_;
};

// The line of one row of the chart.
std::string bar(const elect::Stay& stay, const Axis& axis, const OutputStyle& output) {
  enum class State { absent, waits, leads };
  std::vector<State> states(axis.columns(), State::absent);
  const auto fill = [&](Revision from, std::optional<Revision> to, State state) {
    const auto [first, behind] = axis.between(from, to);
    for (std::size_t i = first; i < std::min(behind, states.size()); ++i) states[i] = std::max(states[i], state);
  };
  if (stay.led_from != stay.first) fill(stay.first, stay.led_from ? stay.led_from : stay.last, State::waits);
  if (stay.led_from) fill(*stay.led_from, stay.last, State::leads);
  while (!states.empty() && states.back() == State::absent) states.pop_back();
  std::string text;
  for (std::size_t begin = 0; begin < states.size();) {
    const State state = states[begin];
    std::size_t end = begin;
    std::string run;
    for (; end < states.size() && states[end] == state; ++end) {
      run += state == State::leads ? glyphs_of(output).leads : state == State::waits ? glyphs_of(output).waits : " ";
    }
    text += state == State::leads   ? coloured(run, "32", output)
            : state == State::waits ? coloured(run, "2", output)
                                    : run;
    begin = end;
  }
  return text;
}

using RunsOf = std::multimap<Revision, const elect::Run*>;  // By token.

char letter_of(elect::RunState state) {
  switch (state) {
    case elect::RunState::done:
      return '=';
    case elect::RunState::running:
      return '>';
    case elect::RunState::abandoned:
      return '?';
    case elect::RunState::ended:
      return '!';
    case elect::RunState::failed:
      return 'x';
  }
  return ' ';
}

// nullopt: it still runs. If no end is recorded, it ends with its candidate.
std::optional<Revision> end_of(const elect::Run& run, const elect::Stay& stay) {
  return run.end_revision > 0 ? std::optional(run.end_revision) : stay.last;
}

// The line below a candidate, with its runs. Of several in one column it shows the worst.
std::string runs_bar(const elect::Stay& stay, const RunsOf& runs, const Axis& axis, const OutputStyle& output) {
  static constexpr std::string_view kWorse = " =>?!x";
  std::string line(axis.columns(), ' ');
  const auto [begin, end] = runs.equal_range(stay.candidate.create_revision);
  for (auto one = begin; one != end; ++one) {
    const elect::Run& run = *one->second;
    const auto [first, behind] = axis.between(run.claim_revision, end_of(run, stay));
    for (std::size_t i = first; i < std::min(behind, line.size()); ++i) {
      if (kWorse.find(letter_of(run.state)) > kWorse.find(line[i])) line[i] = letter_of(run.state);
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t next = std::min(line.find_first_not_of(line[at], at), line.size());
    const auto same = std::string_view(line).substr(at, next - at);
    const std::string_view colour = line[at] == 'x' || line[at] == '!' ? "31" : line[at] == '?' ? "33" : "32";
    text += line[at] == ' ' ? std::string(same) : coloured(same, colour, output);
    at = next;
  }
  return text;
}

// The candidates to draw, in the order in which they stood. The newest terms are chosen first, then the head of the
// queue.
std::vector<const elect::Stay*> chosen(std::span<const elect::Stay> stays, std::size_t most) {
  std::vector<const elect::Stay*> chosen;
  for (const auto& stay : stays) chosen.push_back(&stay);
  if (chosen.size() <= most) return chosen;
  std::ranges::stable_sort(chosen, {}, [](const elect::Stay* stay) {
    if (stay->led_from) return std::pair(0, -*stay->led_from);
    return stay->last ? std::pair(2, -*stay->last) : std::pair(1, stay->first);
  });
  chosen.resize(most);
  std::ranges::sort(chosen);
  return chosen;
}

// The runs that these candidates claimed.
RunsOf runs_by_token(const std::vector<const elect::Stay*>& stays, const Runs& runs) {
  std::set<Revision> tokens;
  for (const auto* stay : stays) tokens.insert(stay->candidate.create_revision);
  RunsOf by_token;
  for (const auto& run : runs.value_or(std::span<const elect::Run>())) {
    if (tokens.contains(run.token)) by_token.emplace(run.token, &run);
  }
  return by_token;
}

// The revisions at which a candidate appeared, became leader or was gone, or one of its runs began or ended.
std::vector<Revision> changes_of(const std::vector<const elect::Stay*>& stays, const RunsOf& runs) {
  std::vector<Revision> changes;
  for (const auto* stay : stays) {
    changes.push_back(stay->first);
    if (stay->led_from) changes.push_back(*stay->led_from);
    if (stay->last) changes.push_back(*stay->last);
  }
  for (const auto& [token, run] : runs) {
    changes.push_back(run->claim_revision);
    if (run->end_revision > 0) changes.push_back(run->end_revision);
  }
  std::ranges::sort(changes);
  const auto repeated = std::ranges::unique(changes);
  changes.erase(repeated.begin(), repeated.end());
  return changes;
}

}  // namespace

std::string terms_table(const elect::History& history, const OutputStyle& output) {
  const SimpleStyle bytes{.hex = output.hex, .escape = true};
  Columns table{{"TOKEN", "FIRST", "LAST", "VALUE", "LEASE", "KEY"}, {}, {}, {5, 4}, {3}, {}};
  for (const auto& term : history.chronicle.terms()) {
    if (!term.last) table.marked = table.rows.size();
    table.rows.push_back({fmt::to_string(term.leader.create_revision), fmt::to_string(term.first),
                          term.last ? fmt::to_string(*term.last) : "leads", shown(term.leader.value, bytes),
                          elect::hex_of(term.leader.lease), shown(term.leader.key, bytes)});
  }
  return columns(table, output);
}

std::string timeline(const elect::History& history, const OutputStyle& output, const Runs& runs) {
  const std::size_t all = history.chronicle.stays().size();
  auto stays = chosen(history.chronicle.stays(), output.height > 0 ? static_cast<std::size_t>(output.height) : all);
  if (stays.empty()) return {};

  const SimpleStyle bytes{.hex = output.hex, .escape = true};
  const std::size_t width = output.width > 0 ? static_cast<std::size_t>(output.width) : kFallbackWidth;
  const auto name_of = [&](const elect::Stay* stay) {
    return cut_middle(shown(stay->candidate.value, bytes), width / 4, output);
  };
  std::size_t widest = 0;
  for (const auto* stay : stays) widest = std::max(widest, width_of(name_of(stay)));
  const RunsOf runs_of = runs_by_token(stays, runs);
  const auto room = width > widest + 2 ? width - widest - 2 : 1;
  std::vector<Revision> steps = changes_of(stays, runs_of);
  const std::size_t changes = steps.size();
  if (changes > room) {  // Draw the newest changes.
    steps.erase(steps.begin(), steps.end() - static_cast<std::ptrdiff_t>(room));
    std::erase_if(stays, [&](const auto* stay) { return stay->last && *stay->last <= steps.front(); });
  }
  const std::size_t drawn = steps.size();
  const Axis axis(std::move(steps), room);

  std::string text = std::string(widest + 2, ' ') + axis.ticks() + "\n";
  for (const auto* stay : stays) {
    const std::string name = name_of(stay);
    text += name + std::string(widest - width_of(name) + 2, ' ') + bar(*stay, axis, output) + "\n";
    if (runs_of.contains(stay->candidate.create_revision)) {
      text += std::string(widest + 2, ' ') + runs_bar(*stay, runs_of, axis, output) + "\n";
    }
  }
  text += fmt::format("{} leads  {} waits\n", glyphs_of(output).leads, glyphs_of(output).waits);
  if (!runs_of.empty()) text += "runs: > running  = done  x failed  ! ended  ? abandoned\n";
  text += "Each step is a revision, not a time.\nTimes: inspect --runs, observe -w json.\n";
  if (drawn < changes) text += fmt::format("the newest {} of {} changes\n", drawn, changes);
  if (stays.size() < all) text += fmt::format("the newest {} of {} candidates\n", stays.size(), all);
  return text;
}

}  // namespace cli::render
