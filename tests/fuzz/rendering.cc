// Arbitrary bytes, shown: for people nothing that drives a terminal and nothing that is no UTF-8, for programs JSON
// that gives every byte back.
#include <absl/strings/escaping.h>
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "elect/text.h"
#include "promise.h"
#include "render/history.h"
#include "render/json.h"
#include "render/listing.h"
#include "render/prometheus.h"
#include "render/simple.h"

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

std::string bytes_of(const nlohmann::json& object, const std::string& name) {
  if (object.contains(name)) return object.at(name).get<std::string>();
  std::string bytes;
  PROMISE(absl::Base64Unescape(object.at(name + "_base64").get<std::string>(), &bytes));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider bytes(data, size);
  const Look look{.hex = bytes.ConsumeBool(),
                  .ascii = bytes.ConsumeBool(),
                  .width = bytes.ConsumeIntegralInRange(0, 300),
                  .height = bytes.ConsumeIntegralInRange(0, 5)};
  const std::string name = bytes.ConsumeRandomLengthString(10);
  std::vector<Listed> listing;
  std::vector<elect::Candidate> candidates;
  std::vector<ListedElection> elections;
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
    elections.push_back({one.value, 1, listed});
    listing.push_back(listed);
    candidates.push_back(std::move(one));
  }

  harmless(listing_table(listing, look));
  harmless(elections_table(elections, look));
  harmless(prometheus({{name, static_cast<std::int64_t>(listing.size()), listing}}));
  harmless(prometheus_down("election", name));
  for (const auto& one : candidates) harmless(simple(one, {.hex = look.hex, .escape = true}));
  harmless(elect::go_quoted(name));

  elect::History history{{}, 1, elect::Chronicle({}, 1)};
  for (const auto& one : candidates) {
    history.chronicle.apply(one.mod_revision, std::vector{elect::Event{elect::Event::Type::put, one}});
  }
  harmless(terms_table(history, look));
  const std::string drawn = timeline(history, look);
  harmless(drawn);

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
