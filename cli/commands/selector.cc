#include "commands/selector.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "commands/remarks.h"
#include "commands/session_file.h"
#include "elect/text.h"

namespace cli {
namespace {

bool matches(const elect::Candidate& candidate, const Selector& selector) {
  if (selector.revision != 0 && candidate.create_revision != selector.revision) return false;
  if (selector.key) return candidate.key == *selector.key;
  if (selector.value) return candidate.value == *selector.value;
  if (selector.lease != 0) return candidate.lease == selector.lease;
  return selector.leader;
}

// What the candidate was to have, for a sentence that begins with "no candidate".
std::string in_words(const Selector& selector) {
  std::string text;
  if (!selector.session_file.empty()) {
    text = fmt::format("is that of the session in '{}'", elect::printable(selector.session_file));
  } else if (selector.key) {
    text = fmt::format("has the key '{}'", elect::printable(*selector.key));
  } else if (selector.value) {
    text = fmt::format("has the value '{}'", brief(*selector.value));
  } else if (selector.lease != 0) {
    text = fmt::format("has lease {}", elect::hex_of(selector.lease));
  } else {
    text = "leads";
  }
  return selector.revision == 0 ? text : fmt::format("{} with create revision {}", text, selector.revision);
}

}  // namespace

void declare_selector(CLI::App& app, Selector& selector, bool any) {
  auto* which = app.add_option_group("which", "exactly one of these");
  which->set_help_flag();
  add_lease(*which, "--lease", selector.lease, "the candidate of this lease (hex)");
  which->add_option("--key", selector.key, "the candidate with this key")->check(not_empty())->type_name("KEY");
  if (any) {
    which->add_option("--value", selector.value, "the candidate with this value")->type_name("VALUE");
    which->add_flag("--leader", selector.leader, "whoever leads now");
  }
  which->add_option("--session", selector.session_file, "the candidate of the session in this file")
      ->check(not_empty())
      ->type_name("FILE");
  which->require_option(1);
  app.add_option("--rev", selector.revision,
                 "only if its create revision (fencing token) is this (default: whatever it is)")
      ->check(at_least(1))
      ->type_name("N");
}

std::expected<Selected, Failure> select(const elect::Election& election, Selector selector) {
  const std::string wanted = in_words(selector);
  auto snapshot = election.candidates({.limit = selector.leader ? 1 : 0});
  if (!snapshot) return std::unexpected(Failure(snapshot.error()));
  if (!selector.session_file.empty()) {
    const auto record = SessionFile::read(selector.session_file);
    if (!record) return std::unexpected(record.error());
    if (record->election != election.name() || record->cluster != snapshot->header.cluster_id) {
      return std::unexpected(
          Failure(kBadArguments, fmt::format("the session in '{}' belongs to another election or cluster",
                                             elect::printable(selector.session_file))));
    }
    selector.key = record->key;
    if (selector.revision == 0) selector.revision = record->create_revision;
  }
  std::string hint;
  std::vector<elect::Candidate> found;
  std::int64_t rank = 0;
  for (std::size_t i = 0; i < snapshot->candidates.size(); ++i) {
    const elect::Candidate& candidate = snapshot->candidates[i];
    if (selector.key && candidate.value == *selector.key && hint.empty()) {
      hint = fmt::format("; it is the value of the one with --key {}", elect::printable(candidate.key));
    }
    if (!matches(candidate, selector)) continue;
    rank = static_cast<std::int64_t>(i) + 1;
    found.push_back(std::move(snapshot->candidates[i]));
  }
  snapshot->candidates = std::move(found);
  snapshot->count = static_cast<std::int64_t>(snapshot->candidates.size());
  if (snapshot->count == 1) return Selected{*std::move(snapshot), rank};
  if (snapshot->count == 0) {
    return std::unexpected(Failure(
        kNoLeader, fmt::format("no candidate of election '{}' {}{}", elect::printable(election.name()), wanted, hint)));
  }
  std::string keys;
  for (const auto& candidate : snapshot->candidates) keys += " " + elect::printable(candidate.key);
  return std::unexpected(
      Failure(kBadArguments, fmt::format("{} candidates match; choose one with --key:{}", snapshot->count, keys)));
}

}  // namespace cli
