// What is drawn for people: columns and the timeline.
#include <doctest/doctest.h>

#include <sstream>

#include "grammar/suggestion.h"
#include "render/columns.h"
#include "render/history.h"

using namespace cli::render;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

elect::History history_of(int candidates) {
  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  elect::Revision revision = 1;
  const auto event = [&](elect::Event::Type type, int i, elect::Revision create) {
    elect::Candidate one{"n/" + std::to_string(i), "host-" + std::to_string(i), i, create, revision, 1};
    history.chronicle.apply(revision, std::vector{elect::Event{type, one}});
  };
  elect::Revision before = 0;
  for (int i = 1; i <= candidates; ++i) {  // Each stands up while the one before leads, and follows it.
    revision += 100;
    const auto create = revision;
    event(elect::Event::Type::put, i, create);
    if (i > 1) {
      revision += 100;
      event(elect::Event::Type::removed, i - 1, before);
    }
    before = create;
  }
  history.header.revision = revision;
  return history;
}

}  // namespace

TEST_CASE("width: as a terminal counts") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("日本") == 4);
  CHECK(width_of("e\u0301") == 1);
  CHECK(cut("日本語", 5, {}) == "日本…");
  CHECK(cut("日本語", 4, {.ascii = true}) == "日>");
  CHECK(cut("abc", 3, {}) == "abc");
  CHECK(cut("abc", 0, {}).empty());
}

TEST_CASE("columns: no line is longer than the terminal is wide, and columns stay in line") {
  const Columns table{{"A", "B", "C"}, {{"1", std::string(300, 'x'), "c"}, {"22", "日本", "d"}}, 1, 0};
  for (const int width : {20, 80, 200}) {
    for (const auto& line : lines_of(columns(table, {.width = width}))) {
      CHECK(width_of(line) <= static_cast<std::size_t>(width));
    }
  }
  const auto lines = lines_of(columns(table, {.width = 80}));
  CHECK(width_of(lines[1].substr(0, lines[1].find(" c"))) == width_of(lines[2].substr(0, lines[2].find(" d"))));
}

TEST_CASE("timeline: leading and waiting are drawn differently, one row a candidate, within the terminal's width") {
  const auto lines = lines_of(timeline(history_of(3), {.ascii = true, .width = 80}));
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].substr(8, 8) == "########");
  CHECK(lines[2].find("----####") != std::string::npos);
  CHECK(lines[3].starts_with("host-3 "));
  CHECK(lines[4].starts_with("# leads  - waits"));
  for (const auto& line : lines) CHECK(line.size() <= 80);
}

TEST_CASE("timeline: with thousands of revisions every candidate that is drawn can still be seen") {
  for (const int width : {40, 80, 200}) {
    const auto lines = lines_of(timeline(history_of(3000), {.ascii = true, .width = width, .height = 40}));
    REQUIRE(lines.size() >= 43);
    for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i].size() <= static_cast<std::size_t>(width));
    for (std::size_t i = 1; i <= 40; ++i) CHECK(lines[i].find('#') != std::string::npos);
    CHECK(lines.back() == "the last 40 of 3000 candidates");
  }
}

TEST_CASE("suggestions: the word that was meant, and none for what is like no word") {
  const std::vector<std::string> words = {"campaign", "leader", "observe", "--print-value-only"};
  CHECK(cli::suggestion("campain", words) == "campaign");
  CHECK(cli::suggestion("laeder", words) == "leader");
  CHECK(cli::suggestion("obs", words) == "observe");
  CHECK(cli::suggestion("xyzzy", words) == std::nullopt);
  CHECK(cli::suggestion(std::string(100'000, 'x'), words) == std::nullopt);
}
