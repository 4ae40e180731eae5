#include "plan.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace callproxy {
namespace {

template <typename Value>
std::optional<Value> named(const std::string& word, const std::map<std::string, Value>& names) {
  const auto found = names.find(word);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

// Decodes hex digits, two for each byte.
std::optional<std::string> bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned byte = 0;
    const char* end = hex.data() + std::min(i + 2, hex.size());
    const auto [read, error] = std::from_chars(hex.data() + i, end, byte, 16);
    if (error != std::errc{} || read != hex.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

std::expected<Rule, std::string> parse_rule(const std::string& line) {
  static const std::map<std::string, Rule::Scope> scopes = {
      {"once", Rule::Scope::once}, {"here", Rule::Scope::here}, {"always", Rule::Scope::always}};
  static const std::map<std::string, Fault::When> times = {{"before", Fault::When::before},
                                                           {"after", Fault::When::after}};
  static const std::map<std::string, Fault::What> faults = {
      {"status", Fault::What::status},   {"end", Fault::What::end}, {"empty", Fault::What::empty},
      {"silence", Fault::What::silence}, {"cut", Fault::What::cut}, {"hold", Fault::What::hold},
      {"alter", Fault::What::alter}};
  std::istringstream words(line);
  std::string scope_word;
  std::string when_word;
  std::string what_word;
  Rule rule;
  Fault& fault = rule.fault;
  if (!(words >> scope_word >> rule.method >> rule.call >> fault.answer >> when_word >> what_word)) {
    return std::unexpected("a rule is SCOPE METHOD CALL ANSWER WHEN WHAT");
  }
  const auto scope = named(scope_word, scopes);
  if (!scope) return std::unexpected("SCOPE is once, here or always, not " + scope_word);
  const auto when = named(when_word, times);
  if (!when) return std::unexpected("WHEN is before or after, not " + when_word);
  const auto what = named(what_word, faults);
  if (!what) return std::unexpected("WHAT is status, end, empty, silence, cut, hold or alter, not " + what_word);
  rule.scope = *scope;
  fault.when = *when;
  fault.what = *what;
  if (fault.what == Fault::What::status) {
    if (!(words >> fault.code)) return std::unexpected("status is followed by a gRPC code and a text");
    std::getline(words >> std::ws, fault.text);
  }
  if (fault.what == Fault::What::hold) {
    long milliseconds = 0;
    if (!(words >> milliseconds)) return std::unexpected("hold is followed by milliseconds");
    fault.hold = std::chrono::milliseconds(milliseconds);
  }
  if (fault.what == Fault::What::alter) {
    std::string from;
    std::string to;
    if (!(words >> from >> to) || fault.when == Fault::When::before) {
      return std::unexpected("alter comes after, followed by two texts in hex");
    }
    const auto old_bytes = bytes_of(from);
    const auto new_bytes = bytes_of(to);
    if (!old_bytes || !new_bytes) return std::unexpected("alter is followed by two texts in hex");
    fault.old_bytes = *old_bytes;
    fault.new_bytes = *new_bytes;
  }
  return rule;
}

void Plan::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
  calls_.clear();
}

void Plan::add(Rule rule) {
  const std::lock_guard lock(mutex_);
  rules_.push_back(std::move(rule));
}

Plan::Numbered Plan::count(const std::string& method, std::size_t endpoint) {
  const std::lock_guard lock(mutex_);
  Numbered numbered{++calls_[method], {}};
  for (Rule& rule : rules_) {
    if (rule.method != method || numbered.call < rule.call) continue;
    if (numbered.call > rule.call) {
      if (rule.scope == Rule::Scope::once) continue;
      if (rule.scope == Rule::Scope::here && rule.endpoint != endpoint) continue;
    }
    if (numbered.call == rule.call) rule.endpoint = endpoint;
    numbered.fault = rule.fault;
    break;
  }
  return numbered;
}

}  // namespace callproxy
