// Renders arbitrary bytes. Output for people is UTF-8 and safe for a terminal. JSON gives every byte back. XML contains
// only our own markup.
#include <absl/strings/escaping.h>
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "elect/text.h"
#include "promise.h"
#include "render/history.h"
#include "render/history_svg.h"
#include "render/json.h"
#include "render/listing.h"
#include "render/prometheus.h"
#include "render/runs_svg.h"
#include "render/simple.h"
#include "render/svg.h"

using namespace cli::render;

namespace {

void harmless(const std::string& text) {
  PROMISE(elect::is_utf8(text));
  for (std::string_view rest = text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    PROMISE(elect::printable(line) == line);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
}

// Whether the XML is well-formed, as far as we use XML: elements are closed in order, attributes are quoted, and there
// is no character that XML does not allow.
void well_formed(std::string_view xml) {
  PROMISE(elect::is_utf8(xml));
  PROMISE(xml.find("\xef\xbf\xbe") == xml.npos && xml.find("\xef\xbf\xbf") == xml.npos);
  for (const char byte : xml) PROMISE(static_cast<unsigned char>(byte) >= 0x20 || byte == '\n' || byte == '\t');
  std::vector<std::string_view> open;
  xml.remove_prefix(xml.find("<svg"));
  while (!xml.empty()) {
    const auto end = xml.find('>');
    PROMISE(xml.front() == '<' && end != xml.npos);
    const std::string_view tag = xml.substr(1, end - 1);
    PROMISE(tag.find('<') == tag.npos && std::ranges::count(tag, '"') % 2 == 0);
    const std::string_view name = tag.substr(0, tag.find(' '));
    if (name.starts_with('/')) {
      PROMISE(!open.empty() && open.back() == name.substr(1));
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(name);
    }
    xml.remove_prefix(end + 1);
    std::string_view text = xml.substr(0, xml.find('<'));
    xml.remove_prefix(text.size());
    PROMISE(open.empty() || open.back() == "style" || text.find('>') == text.npos);
    while (text.find('&') != text.npos) {
      text.remove_prefix(text.find('&'));
      PROMISE(text.starts_with("&amp;") || text.starts_with("&lt;") || text.starts_with("&gt;") ||
              text.starts_with("&quot;"));
      text.remove_prefix(1);
    }
  }
  PROMISE(open.empty());
}

std::string bytes_of(const nlohmann::json& object, const std::string& name) {
  if (object.contains(name)) return object.at(name).get<std::string>();
  std::string bytes;
  PROMISE(absl::Base64Unescape(object.at(name + "_base64").get<std::string>(), &bytes));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider bytes(data, size);
  const OutputStyle output{.hex = bytes.ConsumeBool(),
                           .ascii = bytes.ConsumeBool(),
                           .width = bytes.ConsumeIntegralInRange(0, 300),
                           .height = bytes.ConsumeIntegralInRange(0, 5)};
  const std::string name = bytes.ConsumeRandomLengthString(10);
  std::vector<Listed> listing;
  std::vector<elect::Candidate> candidates;
  std::vector<ListedElection> elections;
  std::vector<elect::Run> runs;
  elect::Revision revision = 1;
  while (bytes.remaining_bytes() > 0 && listing.size() < 8) {
    elect::Candidate one{name + "/" + bytes.ConsumeRandomLengthString(20),
                         bytes.ConsumeRandomLengthString(50),
                         bytes.ConsumeIntegral<elect::LeaseId>(),
                         ++revision,
                         revision,
                         bytes.ConsumeIntegral<int>()};
    Listed listed{one, static_cast<std::int64_t>(listing.size()) + 1, {}};
    if (bytes.ConsumeBool()) {
      listed.lease = elect::LeaseStatus{one.lease,
                                        std::chrono::seconds(bytes.ConsumeIntegral<int>()),
                                        std::chrono::seconds(bytes.ConsumeIntegral<int>()),
                                        {}};
    }
    elect::Run run;
    run.id = run.key = one.value;
    run.value = one.key;
    run.token = run.claim_revision = revision;
    run.state = bytes.PickValueInArray({elect::RunState::running, elect::RunState::done, elect::RunState::failed,
                                        elect::RunState::ended, elect::RunState::abandoned});
    const auto time = [&bytes] {
      return elect::WallTime(std::chrono::seconds(bytes.ConsumeIntegralInRange(-9'000'000'000, 9'000'000'000)));
    };
    if (bytes.ConsumeBool()) run.began = time();
    if (bytes.ConsumeBool()) run.end = elect::RunEnd{run.state, time(), bytes.ConsumeIntegral<int>(), one.key};
    if (run.end) run.end_revision = bytes.ConsumeIntegralInRange<elect::Revision>(0, 20);
    runs.push_back(std::move(run));
    elections.push_back({one.value, 1, listed});
    listing.push_back(listed);
    candidates.push_back(std::move(one));
  }

  harmless(listing_table(listing, output));
  harmless(elections_table(elections, output));
  harmless(prometheus({{name, static_cast<std::int64_t>(listing.size()), listing}}));
  harmless(prometheus_down("election", name));
  for (const auto& one : candidates) harmless(simple(one, {.hex = output.hex, .escape = true}));
  harmless(elect::go_quoted(name));

  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  for (const auto& one : candidates) {
    history.chronicle.apply(one.mod_revision, std::vector{elect::Event{elect::Event::Type::put, one}});
  }
  harmless(terms_table(history, output));
  const std::string drawn = timeline(history, output);
  harmless(drawn);
  harmless(timeline(history, output, runs));
  for (const auto& picture : {history_svg(name, history, {}, output), history_svg(name, history, runs, output),
                              runs_svg(name, runs, elect::WallTime(), output)}) {
    harmless(picture);
    well_formed(picture);
  }
  well_formed("<svg>" + xml_text(name) + "</svg>");

  const auto json = nlohmann::json::parse(json_inspect(name, {}, listing));
  PROMISE(bytes_of(json, "election") == name && json.at("candidates").size() == listing.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    PROMISE(bytes_of(json.at("candidates")[i], "key") == candidates[i].key);
    PROMISE(bytes_of(json.at("candidates")[i], "value") == candidates[i].value);
  }
  PROMISE(nlohmann::json::accept(json_history(name, history)));
  PROMISE(nlohmann::json::accept(json_elections(name, {}, elections)));
  return 0;
}
