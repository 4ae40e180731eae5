#include "elect/run.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

using namespace elect;

namespace {

RunRecord stored(std::string id, std::string value, Revision create = 20, Revision mod = 20) {
  return {once_key_of("job", id), std::move(value), 7, create, mod};
}

Run claimed(std::string value = "host-a") {
  Run run;
  run.id = "id";
  run.value = std::move(value);
  run.key = "job/abc";
  run.token = 12;
  run.began = parse_time("2026-01-31T02:00:00.123Z");
  run.kill_after = std::chrono::milliseconds(1500);
  run.claim_revision = run.create_revision = run.mod_revision = 20;
  run.lease = 7;
  return run;
}

}  // namespace

TEST_CASE("a claim is read back from its record") {
  const Run run = claimed();
  CHECK(run_of("job", stored("id", record_value_of(run))) == run);
  CHECK(run.state == RunState::running);
}

TEST_CASE("an end is read back from its record, with the claim's revision") {
  for (const RunState state : {RunState::done, RunState::failed, RunState::ended}) {
    Run run = claimed();
    run.end = RunEnd{state, *parse_time("2026-01-31T02:01:00.000Z"), {}, "why"};
    if (state != RunState::ended) run.end->exit_code = state == RunState::done ? 0 : 3;
    run.state = state;
    run.mod_revision = run.end_revision = 30;
    CHECK(run_of("job", stored("id", record_value_of(run), 20, 30)) == run);
  }
}

TEST_CASE("a record holds whatever bytes a name, an ID and a value are of") {
  const std::string bytes("\xff\x1b[2J\"\\\n\0/", 9);
  Run run = claimed(bytes);
  run.key = bytes + "/abc";
  run.id = bytes;
  const auto read = run_of(bytes, {once_key_of(bytes, bytes), record_value_of(run), 7, 20, 20});
  REQUIRE(read.has_value());
  CHECK(*read == run);
  CHECK(record_value_of(run).find("value_base64") != std::string::npos);
}

TEST_CASE("a record of 0.1.0 is a claim without an end, and is not claimed anew") {
  const auto run = run_of("job", stored("id", "job/abc"));
  REQUIRE(run.has_value());
  CHECK(run->key == "job/abc");
  CHECK(run->version == 0);
  CHECK_FALSE(run->end.has_value());
  CHECK_FALSE(may_be_retried(*run));
}

TEST_CASE("a record of a later version is told as far as it is known, and is not claimed anew") {
  const auto run = run_of("job", stored("id", R"({"version":9,"key":"job/abc","token":3,"value":"v","state":"paused",
      "ended":"2026-01-31T02:01:00.000Z","exit_code":"none","more":[{}]})"));
  REQUIRE(run.has_value());
  CHECK(run->version == 9);
  CHECK(run->value == "v");
  CHECK(run->end.has_value());
  CHECK_FALSE(may_be_retried(*run));
}

TEST_CASE("a record that makes no sense is told, and is not claimed anew") {
  for (const char* value :
       {"", "{", "[]", "17", "null", R"({"version":"1"})", R"({"version":1})", R"({"version":1,"key":7,"token":"x"})",
        R"({"version":1,"key":"other/abc","token":3})", R"({"version":1,"key":"job/abc","token":-3})",
        R"({"version":1,"kill_after_ms":-9223372036854775808})", R"({"version":1,"kill_after_ms":9223372036854775807})",
        R"({"version":1e99,"key":"job/abc","token":3})", R"({"version":-1,"value_base64":"%%"})"}) {
    CAPTURE(value);
    const auto run = run_of("job", stored("id", value));
    REQUIRE(run.has_value());
    CHECK_FALSE(may_be_retried(*run));
  }
  CHECK_FALSE(run_of("job", {"electctl-once:other:id", "{}", 0, 1, 1}).has_value());
}

TEST_CASE("a claim's revision that cannot be is not believed: the past is read backwards by it") {
  for (const char* revision : {"30", "99", "19", "-1", "\"20\""}) {
    CAPTURE(revision);
    const std::string value = std::string(R"({"version":1,"key":"job/abc","token":3,"state":"done","exit_code":0,)") +
                              R"("ended":"2026-01-31T02:01:00.000Z","claim_revision":)" + revision + "}";
    CHECK(run_of("job", stored("id", value, 20, 30))->claim_revision == 20);
  }
}

TEST_CASE("what failed, was ended or is abandoned may be claimed anew, what is done may not") {
  Run run = claimed();
  for (const RunState state : {RunState::failed, RunState::ended, RunState::abandoned}) {
    run.state = state;
    CHECK(may_be_retried(run));
  }
  run.state = RunState::done;
  CHECK_FALSE(may_be_retried(run));
}

TEST_CASE("times are read back as they are written, and nothing else is") {
  for (const char* text : {"2026-01-31T02:00:00.123Z", "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z"}) {
    CHECK(format_time(parse_time(text).value()) == text);
  }
  for (const char* text : {"", "2026-01-31", "2026-02-30T00:00:00.000Z", "2026-01-31T24:00:00.000Z",
                           "2026-01-31T02:00:00.123+", "2026-01-31 02:00:00.123Z", "-026-01-31T02:00:00.123Z",
                           "9999-01-31T02:00:00.123Z", "0001-01-31T02:00:00.123Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("times are UTC, whatever the host's time zone") {
  const char* zone = std::getenv("TZ");
  const std::optional<std::string> before = zone != nullptr ? std::optional<std::string>(zone) : std::nullopt;
  ::setenv("TZ", "JST-9", 1);
  ::tzset();
  CHECK(format_time(WallTime(std::chrono::milliseconds(1'500))) == "1970-01-01T00:00:01.500Z");
  CHECK(parse_time("1970-01-01T00:00:01.500Z") == WallTime(std::chrono::milliseconds(1'500)));
  before ? ::setenv("TZ", before->c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("a record's key is one of its election alone, and gives its ID back") {
  for (const std::string id : {"", "a", "2026-01-01T00:00/a%:", "%2F", "\xff%"}) {
    CHECK(once_id_of("a:b/c", once_key_of("a:b/c", id)) == id);
  }
  CHECK_FALSE(once_id_of("a", once_key_of("a:b", "id")).has_value());
  CHECK_FALSE(once_id_of("job", "job/abc").has_value());
  CHECK(once_id_of("job", "electctl-once:job:50%") == "50%");
}
