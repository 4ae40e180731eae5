#include "elect/run.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <charconv>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "elect/text.h"

namespace elect {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kMostKillAfter = std::chrono::hours(24 * 365);
constexpr std::string_view kBase64 = "_base64";

void add_bytes(Json& object, const std::string& name, const std::string& bytes) {
  if (is_utf8(bytes)) {
    object[name] = bytes;
  } else {
    object[name + std::string(kBase64)] = absl::Base64Escape(bytes);
  }
}

// Others may have written the record. A field of the wrong type counts as missing.
std::string bytes_of(const Json& object, const std::string& name) {
  if (const auto plain = object.find(name); plain != object.end() && plain->is_string()) {
    return plain->get<std::string>();
  }
  std::string bytes;
  const auto encoded = object.find(name + std::string(kBase64));
  if (encoded == object.end() || !encoded->is_string()) return bytes;
  return absl::Base64Unescape(encoded->get<std::string>(), &bytes) ? bytes : std::string();
}

std::optional<std::int64_t> number_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

RunState state_of(std::string_view name) {
  for (const RunState state : {RunState::done, RunState::failed}) {
    if (name == name_of(state)) return state;
  }
  return RunState::ended;
}

// The number, if the whole text is digits.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return number;
}

}  // namespace

std::string_view name_of(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::done:
      return "done";
    case RunState::failed:
      return "failed";
    case RunState::ended:
      return "ended";
    case RunState::abandoned:
      return "abandoned";
  }
  return "";
}

std::string record_value_of(const Run& run) {
  Json record = {{"version", kRunVersion}};
  add_bytes(record, "value", run.value);
  add_bytes(record, "key", run.key);
  record["token"] = run.token;
  if (run.kill_after.count() > 0) record["kill_after_ms"] = run.kill_after.count();
  if (run.began) record["began"] = format_time(*run.began);
  if (run.end) {
    record["claim_revision"] = run.claim_revision;
    record["state"] = name_of(run.end->state);
    record["ended"] = format_time(run.end->at);
    record["exit_code"] = run.end->exit_code ? Json(*run.end->exit_code) : Json(nullptr);
    if (!run.end->reason.empty()) add_bytes(record, "reason", run.end->reason);
  }
  return record.dump(-1, ' ', true);
}

std::optional<Run> run_of(std::string_view name, const RunRecord& record) {
  auto id = once_id_of(name, record.key);
  if (!id) return std::nullopt;
  Run run;
  run.id = *std::move(id);
  run.lease = record.lease;
  run.create_revision = record.create_revision;
  run.mod_revision = run.claim_revision = record.mod_revision;
  const Json json = Json::parse(record.value, nullptr, false);
  const auto version = json.is_object() ? number_of(json, "version") : std::nullopt;
  if (!version || *version < 1) {  // 0.1.0 recorded only the candidate's key.
    run.version = 0;
    run.key = record.value;
    return run;
  }
  run.version = *version;
  run.value = bytes_of(json, "value");
  run.key = bytes_of(json, "key");
  run.token = number_of(json, "token").value_or(0);
  run.kill_after = std::chrono::milliseconds(
      std::clamp<std::int64_t>(number_of(json, "kill_after_ms").value_or(0), 0, kMostKillAfter.count()));
  run.began = parse_time(bytes_of(json, "began"));
  // No candidate of this election has written this claim. So nobody knows whether the run is still running.
  if (!run.key.starts_with(prefix_of(name)) || run.token < 1) run.version = 0;
  const auto ended = parse_time(bytes_of(json, "ended"));
  if (!ended) return run;
  const auto code = number_of(json, "exit_code");
  run.state = state_of(bytes_of(json, "state"));
  run.end =
      RunEnd{run.state, *ended, code ? std::optional(static_cast<int>(*code)) : std::nullopt, bytes_of(json, "reason")};
  run.end_revision = record.mod_revision;
  const auto claimed = number_of(json, "claim_revision").value_or(0);
  const bool possible = claimed >= record.create_revision && claimed < record.mod_revision;
  run.claim_revision = possible ? claimed : record.create_revision;
  return run;
}

bool may_be_retried(const Run& run) { return run.version == kRunVersion && run.state != RunState::done; }

std::string format_time(WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(time - whole);
  // fmt 9 formats a time_point in the local time zone, so it gets the time in UTC.
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(whole));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, rest.count());
}

std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '0' && text[i] != form[i]) return std::nullopt;
  }
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  const auto hour = digits(text.substr(11, 2));
  const auto minute = digits(text.substr(14, 2));
  const auto second = digits(text.substr(17, 2));
  const auto rest = digits(text.substr(20, 3));
  if (!year || !month || !day || !hour || !minute || !second || !rest) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // A time_point of nanoseconds holds 1678 to 2262. No run began before 1970.
  if (*year < 1970 || *year > 2200) return std::nullopt;
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(*rest);
}

}  // namespace elect
