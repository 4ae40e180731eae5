// Output for people: columns and the timeline.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "render/columns.h"
#include "render/history.h"
#include "render/history_svg.h"
#include "render/listing.h"
#include "render/runs.h"
#include "render/runs_svg.h"
#include "render/svg.h"

using namespace cli::render;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Listed> listing_of(const std::vector<std::string>& values) {
  std::vector<Listed> listing;
  for (const auto& value : values) {
    const auto rank = static_cast<std::int64_t>(listing.size()) + 1;
    const elect::LeaseId lease = 0x694d5b3c1f2a0000 + rank;
    listing.push_back({{elect::key_of("backup", lease), value, lease, 99 + rank, 99 + rank, 1},
                       rank,
                       elect::LeaseStatus{lease, std::chrono::seconds(9), std::chrono::seconds(10), {}}});
  }
  return listing;
}

elect::History history_of(int candidates) {
  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  elect::Revision revision = 1;
  const auto event = [&](elect::Event::Type type, int i, elect::Revision create) {
    elect::Candidate one{"n/" + std::to_string(i), "host-" + std::to_string(i), i, create, revision, 1};
    history.chronicle.apply(revision, std::vector{elect::Event{type, one}});
  };
  elect::Revision before = 0;
  for (int i = 1; i <= candidates; ++i) {  // Each stands while the one before leads, and is the next leader.
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

elect::Run run_of(const std::string& id, elect::RunState state, elect::Revision token, elect::Revision claimed,
                  elect::Revision ended) {
  elect::Run run;
  run.id = id;
  run.state = state;
  run.value = "host";
  run.key = "n/1";
  run.token = token;
  run.claim_revision = claimed;
  run.end_revision = ended;
  return run;
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

TEST_CASE("width: a text that is cut in its middle keeps its beginning and its end") {
  CHECK(cut_middle("db-1.eu.example.net", 11, {}) == "db-1.…e.net");
  CHECK(cut_middle("db-1.eu.example.net", 11, {.ascii = true}) == "db-1....net");
  CHECK(cut_middle("日本語の名前", 8, {}) == "日本…前");
  CHECK(cut_middle("abc", 3, {}) == "abc");
  CHECK(cut_middle("abcd", 1, {}) == "…");
  CHECK(cut_middle("abcd", 0, {}).empty());
  std::string text = "x";
  for (int i = 0; i < 40; ++i) text += i % 3 == 0 ? "日" : i % 3 == 1 ? "e\u0301" : "\xff";
  for (std::size_t width = 0; width < 70; ++width) {
    for (const bool ascii : {false, true}) CHECK(width_of(cut_middle(text, width, {.ascii = ascii})) <= width);
  }
}

TEST_CASE("width: a text that is cut once more where it was cut has one mark") {
  CHECK(cut("host…cut", 6, {}) == "host…");
  CHECK(cut("host…cut", 7, {}) == "host…c…");
}

TEST_CASE("columns: no line is longer than the terminal is wide, and columns stay in line") {
  const Columns table{{"A", "B", "C"}, {{"1", std::string(300, 'x'), "c"}, {"22", "日本", "d"}}, {}, {}, {1}, {}, 0};
  for (const int width : {20, 80, 200}) {
    for (const auto& line : lines_of(columns(table, {.width = width}))) {
      CHECK(width_of(line) <= static_cast<std::size_t>(width));
    }
  }
  const auto lines = lines_of(columns(table, {.width = 80}));
  CHECK(width_of(lines[1].substr(0, lines[1].find(" c"))) == width_of(lines[2].substr(0, lines[2].find(" d"))));
}

TEST_CASE(
    "listing: VALUE, TTL and TOKEN stay; KEY, VER and MOD go first, then LEASE; VALUE is cut last, in its middle") {
  const auto heads = [](const std::string& value, int width) {
    const std::string head = lines_of(listing_table(listing_of({value, "b"}), {.ascii = true, .width = width}))[0];
    std::istringstream words(head);
    return std::vector<std::string>(std::istream_iterator<std::string>(words), {});
  };
  using Heads = std::vector<std::string>;
  CHECK(heads("db-1", 200) == Heads{"#", "ROLE", "VALUE", "LEASE", "TTL", "TOKEN", "MOD", "VER", "KEY"});
  CHECK(heads("db-1", 80) == Heads{"#", "ROLE", "VALUE", "LEASE", "TTL", "TOKEN", "MOD", "VER"});
  CHECK(heads("db-1", 58) == Heads{"#", "ROLE", "VALUE", "LEASE", "TTL", "TOKEN", "MOD"});
  CHECK(heads("db-1", 53) == Heads{"#", "ROLE", "VALUE", "LEASE", "TTL", "TOKEN"});
  CHECK(heads("db-1", 48) == Heads{"#", "ROLE", "VALUE", "TTL", "TOKEN"});
  CHECK(heads("db-1", 0) == heads("db-1", 200));
  CHECK(heads(std::string(300, 'v'), 200) == heads("db-1", 200));
  CHECK(heads(std::string(60, 'v'), 108) == heads("db-1", 53));

  const std::string value = "begin-" + std::string(300, 'x') + "-end";
  const auto lines = lines_of(listing_table(listing_of({value, "b"}), {.ascii = true, .width = 80}));
  CHECK(heads(value, 80) == Heads{"#", "ROLE", "VALUE", "TTL", "TOKEN"});
  CHECK(lines[0].size() == 80);
  CHECK(lines[1].find(" begin-x") != std::string::npos);
  CHECK(lines[1].find("x-end  9s/10s  100") != std::string::npos);
  CHECK(lines_of(listing_table(listing_of({value}), {}))[1].find(value) != std::string::npos);
}

TEST_CASE("runs: at 80 columns two hosts and two IDs stay apart; REASON is cut first, at its end") {
  const std::string reason = "leadership of 'backup' lost: etcd did not answer for 9s; CMD was ended";
  const auto lines = [&](const std::string& host, int width) {
    elect::Run run = run_of("2026-11-25T10:01", elect::RunState::ended, 1234, 1, 2);
    run.began = elect::parse_time("2026-11-25T10:01:02.345Z");
    run.end = elect::RunEnd{elect::RunState::ended, *run.began + std::chrono::seconds(90), {}, reason};
    run.value = host;
    return lines_of(runs_table(std::span(&run, 1), {.width = width}));
  };
  CHECK(lines("db", 200)[1] == "2026-11-25T10:01  ended  db     1234   2026-11-25T10:01:02Z  1m30s  -     " + reason);
  CHECK(lines("db", 80)[0] == "ID                STATE  VALUE  BEGAN                 EXIT  REASON");
  CHECK(lines("db", 80)[1] == "2026-11-25T10:01  ended  db     2026-11-25T10:01:02Z  -     leadership of 'back…");
  CHECK(lines("db-1.example.net", 80)[1] ==
        "2026-11-25T10:01  ended  db-1.example.net  2026-11-25T10:01:02Z  -     leadersh…");
  CHECK(lines("db-frankfurt-01.example.net", 80)[0] ==
        "ID                STATE  VALUE                        BEGAN                 EXIT");
  CHECK(lines("db-frankfurt-01.example.net", 60)[1] == "2026-1…10:01  ended  db-fr…e.net  2026-11-25T10:01:02Z  -");
}

TEST_CASE(
    "listing: no line is longer than the terminal is wide, with hostile, wide and long values, of 3,000 candidates") {
  std::vector<std::string> values;
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(i);
    values.push_back(i % 3 == 0   ? std::string(static_cast<std::size_t>(i), 'v') + number
                     : i % 3 == 1 ? "日本語のとても長い名前のサーバー" + number
                                  : "\x1b[2J\xff\u202e\n" + number);
  }
  for (const int width : {40, 80, 200}) {
    const auto lines = lines_of(listing_table(listing_of(values), {.width = width}));
    REQUIRE(lines.size() == 3001);
    for (const auto& line : lines) CHECK(width_of(line) <= static_cast<std::size_t>(width));
  }
}

TEST_CASE("listing: the second in the queue is next, and the rows of this host are marked") {
  const auto lines = lines_of(listing_table(listing_of({"a", "b", "c", "b"}), {.width = 80}, {.host = "b"}));
  CHECK(lines[1].find("leader ") != std::string::npos);
  CHECK(lines[1].find("here") == std::string::npos);
  CHECK(lines[2].find("next, here ") != std::string::npos);
  CHECK(lines[3].find("candidate ") != std::string::npos);
  CHECK(lines[4].find("candidate, here ") != std::string::npos);
}

TEST_CASE("listing: without the times left it has no TTL, and still tells that a candidate has no lease") {
  auto listing = listing_of({"a", "b"});
  listing[1].candidate.lease = 0;
  const auto lines = lines_of(listing_table(listing, {.width = 200}, {.times_left = false}));
  CHECK(lines[0].find("TTL") == std::string::npos);
  CHECK(lines[1].find("no lease") == std::string::npos);
  CHECK(lines[2].find("next, no lease ") != std::string::npos);
}

TEST_CASE("elections: KEY is left out first, then the election and its leader are cut in their middle") {
  const std::string name = "jobs/" + std::string(100, 'n') + "/end";
  const std::vector<ListedElection> elections{{name, 3, listing_of({std::string(100, 'v') + "-1"})[0]}};
  const auto lines = lines_of(elections_table(elections, {.ascii = true, .width = 80}));
  for (const auto& line : lines) CHECK(line.size() <= 80);
  CHECK(lines[0].find("TTL") != std::string::npos);
  CHECK(lines[0].find("CANDIDATES") != std::string::npos);
  CHECK(lines[0].find("KEY") == std::string::npos);
  CHECK(lines[1].starts_with("jobs/n"));
  CHECK(lines[1].find("n/end  v") != std::string::npos);
  CHECK(lines[1].find("v-1  100") != std::string::npos);
}

TEST_CASE("timeline: leading and waiting are drawn differently, one row a candidate, within the terminal's width") {
  const auto lines = lines_of(timeline(history_of(3), {.ascii = true, .width = 80}));
  REQUIRE(lines.size() == 7);
  CHECK(lines[1].substr(8, 8) == "########");
  CHECK(lines[2].find("----####") != std::string::npos);
  CHECK(lines[3].starts_with("host-3 "));
  CHECK(lines[4].starts_with("# leads  - waits"));
  for (const auto& line : lines) CHECK(line.size() <= 80);
}

TEST_CASE("timeline: it says that the axis counts revisions, not time, and where times are to be had") {
  const std::string text = timeline(history_of(3), {.ascii = true, .width = 40});
  CHECK(text.find("Each step is a revision, not a time.\n") != std::string::npos);
  CHECK(text.find("Times: inspect --runs, observe -w json.\n") != std::string::npos);
}

TEST_CASE("timeline: a long history in a narrow window keeps the newest terms, each with columns of its own") {
  for (const int width : {40, 80, 200}) {
    const auto lines = lines_of(timeline(history_of(3000), {.ascii = true, .width = width, .height = 40}));
    for (const auto& line : lines) CHECK(line.size() <= static_cast<std::size_t>(width));
    std::size_t drawn = 0;
    std::size_t begin = 0;
    for (std::size_t i = 1; lines[i].starts_with("host-"); ++i, ++drawn) {
      const std::size_t leads = lines[i].find('#');
      REQUIRE(leads != std::string::npos);
      CHECK((drawn == 0 || leads > begin));
      begin = leads;
    }
    CHECK(drawn >= static_cast<std::size_t>(width == 40 ? 10 : width == 80 ? 30 : 40));
    CHECK(lines[drawn].starts_with("host-3000 "));
    CHECK(lines.back() == "the newest " + std::to_string(drawn) + " of 3000 candidates");
  }
}

TEST_CASE("xml: markup is escaped, and what XML cannot hold is replaced") {
  CHECK(xml_text("<a b=\"c\">&amp;") == "&lt;a b=&quot;c&quot;&gt;&amp;amp;");
  CHECK(xml_text("\x01\x1b|\x7f|\xff|\xef\xbf\xbf|\xed\xa0\x80") ==
        "\ufffd\ufffd|\ufffd|\ufffd|\ufffd|\ufffd\ufffd\ufffd");
  CHECK(xml_text(std::string("\0", 1)) == "\ufffd");
  CHECK(xml_text("日本\n") == "日本\n");
}

TEST_CASE("picture: lines are broken between words, or within one that is too long") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("one two three", 6) == std::vector<std::string>{"one", "two", "three"});
  CHECK(wrapped("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
  CHECK(wrapped("日本語", 5) == std::vector<std::string>{"日本", "語"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
}

TEST_CASE("picture: each term is a bar with its figures as a tooltip; who leads still has another shape") {
  const std::string svg = history_svg("job<1>", history_of(3), {}, {});
  CHECK(svg.find("Leaders of job&lt;1&gt;</title>") != std::string::npos);
  CHECK(svg.find("host-1\nleads from revision 101 to 301\nfencing token 101\nlease 1\nkey n/1</title><rect "
                 "class=\"leads tip\"") != std::string::npos);
  CHECK(svg.find(
            "host-3\nleads since revision 501\nfencing token 401\nlease 3\nkey n/3</title><path class=\"leads tip\"") !=
        std::string::npos);
  CHECK(svg.find("host-2\nwaits from revision 201 to 301") != std::string::npos);
  CHECK(svg.find("no leader ") == std::string::npos);
}

TEST_CASE("picture: a time without a leader is drawn and says from when to when") {
  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  const elect::Candidate one{"n/1", "one", 1, 10, 10, 1};
  const elect::Candidate two{"n/2", "two", 2, 30, 30, 1};
  history.chronicle.apply(10, std::vector{elect::Event{elect::Event::Type::put, one}});
  history.chronicle.apply(20, std::vector{elect::Event{elect::Event::Type::removed, one}});
  history.chronicle.apply(30, std::vector{elect::Event{elect::Event::Type::put, two}});
  CHECK(history_svg("n", history, {}, {}).find("no leader from revision 20 to 30") != std::string::npos);
  history.chronicle.apply(40, std::vector{elect::Event{elect::Event::Type::removed, two}});
  CHECK(history_svg("n", history, {}, {}).find("no leader since revision 40") != std::string::npos);
}

TEST_CASE("picture: of thousands of terms the newest are drawn, each wide enough to be seen, and the rest is counted") {
  const std::string svg = history_svg("n", history_of(3000), {}, {});
  CHECK(svg.find("Only the newest 60 terms are drawn; 2,940 are left out.") != std::string::npos);
  CHECK(svg.find(">host-3000\nleads since") != std::string::npos);
  CHECK(svg.find(">host-2940\n") == std::string::npos);
  for (auto at = svg.find("\"leads tip\" x="); at != std::string::npos; at = svg.find("\"leads tip\" x=", at + 1)) {
    CHECK(std::stod(svg.substr(svg.find("width=", at) + 7)) >= 2);
  }
}

TEST_CASE("timeline: the runs of a candidate stand below it, a letter for each state") {
  const std::vector<elect::Run> runs = {run_of("a", elect::RunState::done, 101, 110, 120),
                                        run_of("b", elect::RunState::failed, 201, 310, 320)};
  const auto lines = lines_of(timeline(history_of(3), {.ascii = true, .width = 80}, runs));
  REQUIRE(lines.size() == 10);
  CHECK(lines[1].starts_with("host-1 "));
  CHECK(lines[2] == "            ====");  // From its claim to its end.
  CHECK(lines[3].starts_with("host-2 "));
  CHECK(lines[4].ends_with("    xxxx"));
  CHECK(lines[5].starts_with("host-3 "));
  CHECK(lines[7].starts_with("runs: > running  = done  x failed"));
}

TEST_CASE("timeline: where runs share a column, the one that failed is seen") {
  std::vector<elect::Run> runs;
  for (int i = 0; i < 1000; ++i) {
    const auto state = i == 500 ? elect::RunState::failed : elect::RunState::done;
    runs.push_back(run_of(std::to_string(i), state, 101, 102 + 2 * i, 103 + 2 * i));
  }
  const auto text = timeline(history_of(1), {.ascii = true, .width = 80}, runs);
  CHECK(std::ranges::count(lines_of(text)[2], 'x') == 1);
}

namespace {

std::vector<elect::Run> runs_of(int count) {
  std::vector<elect::Run> runs;
  for (int i = 0; i < count; ++i) {
    const auto began = elect::WallTime(std::chrono::seconds(1'769'824'800 + 60 * i));
    auto run = run_of("run-" + std::to_string(i), static_cast<elect::RunState>(i % 5), 101, 110 + 2 * i, 0);
    run.began = began;
    if (run.state != elect::RunState::running && run.state != elect::RunState::abandoned) {
      run.end =
          elect::RunEnd{run.state, began + std::chrono::seconds(12), run.state == elect::RunState::failed ? 3 : 0, {}};
      run.end_revision = 111 + 2 * i;
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

TEST_CASE("picture of runs: what each came to is told by colour, by shape and in words") {
  const auto runs = runs_of(5);
  const std::string svg = runs_svg("job", runs, *runs.back().began, {});
  CHECK(svg.find("5 runs: 1 running, 1 done, 1 failed, 1 ended, 1 abandoned.") != std::string::npos);
  CHECK(svg.find("run-0\nrunning on host\nbegan 2026-01-31T02:00:00.000Z\nfencing token 101\nkey n/1</title><path ") !=
        std::string::npos);
  CHECK(svg.find("began 2026-01-31T02:02:00.000Z\nended 2026-01-31T02:02:12.000Z\ntook 12s\nexit code 3\n") !=
        std::string::npos);
  for (const std::string word : {"running", "done", "failed 3", "ended", "abandoned"}) {
    CHECK(svg.find("\">" + word + "</text>") != std::string::npos);
  }
}

TEST_CASE("picture of runs: of thousands the newest are drawn, and the rest is counted") {
  const std::string svg = runs_svg("job", runs_of(3000), {}, {});
  CHECK(svg.find("Only the newest 60 are drawn; 2,940 are left out.") != std::string::npos);
  CHECK(svg.find(">run-2999\n") != std::string::npos);
  CHECK(svg.find(">run-2939\n") == std::string::npos);
}

TEST_CASE("picture of runs: clocks that tell nothing, or centuries, or run backwards, break nothing") {
  constexpr std::chrono::hours kCenturies(24 * 365 * 290);
  auto runs = runs_of(5);
  runs[0].began.reset();
  runs[1].began = elect::WallTime(-kCenturies);
  runs[2].end->at = elect::WallTime(kCenturies);
  runs[3].end->at = *runs[3].began - std::chrono::hours(1);
  const std::string svg = runs_svg("job", runs, elect::WallTime(kCenturies), {});
  CHECK(svg.find("took -1h00m") != std::string::npos);
  CHECK(svg.find("nan") == std::string::npos);
  for (auto& run : runs) run.began.reset();
  CHECK(runs_svg("job", runs, {}, {}).find("5 runs") != std::string::npos);
  CHECK(runs_svg("job", {}, {}, {}).find("0 runs.") != std::string::npos);
}

TEST_CASE("picture: runs stand with the terms that claimed them; what is left out is counted") {
  auto runs = runs_of(3);
  runs.push_back(run_of("elsewhere", elect::RunState::done, 7, 9, 10));
  const std::string svg = history_svg("job", history_of(3), runs, {});
  CHECK(svg.find("Leaders and runs of job") != std::string::npos);
  CHECK(svg.find("1 of them are left out.") != std::string::npos);
  CHECK(svg.find(">run-2\nfailed on host\n") != std::string::npos);
  CHECK(svg.find("elsewhere") == std::string::npos);
  CHECK(history_svg("job", history_of(3), {}, {}).find("runs") == std::string::npos);
}

TEST_CASE("timeline: proclaims take no columns") {
  auto history = history_of(2);
  const auto before = timeline(history, {.ascii = true, .width = 80});
  for (elect::Revision revision = 1000; revision < 2000; ++revision) {
    const elect::Candidate one{"n/2", "host-2", 2, 201, revision, 2};
    history.chronicle.apply(revision, std::vector{elect::Event{elect::Event::Type::put, one}});
  }
  CHECK(timeline(history, {.ascii = true, .width = 80}) == before);
}

TEST_CASE("timeline: a leader with thousands behind it is drawn, and the head of the queue") {
  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  for (int i = 1; i <= 3000; ++i) {
    const elect::Candidate one{"n/" + std::to_string(i), "host-" + std::to_string(i), i, i, i, 1};
    history.chronicle.apply(i + 1, std::vector{elect::Event{elect::Event::Type::put, one}});
  }
  const auto lines = lines_of(timeline(history, {.ascii = true, .width = 80, .height = 40}));
  CHECK(lines[1].starts_with("host-1 "));
  CHECK(lines[1].find('#') != std::string::npos);
  CHECK(lines[2].starts_with("host-2 "));
  CHECK(lines[40].starts_with("host-40 "));
}
