// The plan: which fault happens to which call. It also counts the calls.
//
// A plan is text, one rule a line:
//
//   SCOPE METHOD CALL ANSWER WHEN WHAT
//
//   SCOPE   once: this call alone; here: this call, and every later call of METHOD at the endpoint where it came;
//           always: this call, and every later call of METHOD
//   METHOD  the method's name alone, such as Range
//   CALL    the number of the call among all calls of METHOD, from 1 on, at whichever endpoint
//   ANSWER  the number of the answer within the call, from 1 on; a unary call has one. With "before" it says nothing
//   WHEN    before: etcd never sees the call; after: etcd has done it and has answered
//   WHAT    status CODE TEXT   the client gets that gRPC status
//           end                the stream ends without any status
//           empty              the client gets a message of no bytes
//           silence            the client gets nothing, and the stream stays open
//           cut                the client's connection is cut
//           hold MS            the call ("before") or the answer ("after") goes on so many milliseconds later
//           alter OLD NEW      the client gets the answer with the bytes NEW instead of OLD, both in hex. Only
//                              with "after". An answer without OLD stays as it is and is not reported as a fault
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callproxy {

struct Fault {
  enum class When { before, after } when = When::before;
  enum class What { status, end, empty, silence, cut, hold, alter } what = What::status;
  int answer = 1;
  int code = 0;
  std::string text;
  std::chrono::milliseconds hold{0};
  std::string old_bytes;
  std::string new_bytes;
};

struct Rule {
  enum class Scope { once, here, always } scope = Scope::once;
  std::string method;
  int call = 1;
  Fault fault;
  std::optional<std::size_t> endpoint;  // Scope::here: the endpoint of the first call.
};

// An error: what is wrong with the line.
[[nodiscard]] std::expected<Rule, std::string> parse_rule(const std::string& line);

// Thread-safe.
class Plan {
 public:
  // Forgets all rules and counts.
  void clear();
  void add(Rule rule);

  struct Numbered {
    int call = 0;
    std::optional<Fault> fault;
  };
  // Counts a call of `method` at `endpoint`.
  [[nodiscard]] Numbered count(const std::string& method, std::size_t endpoint);

 private:
  std::mutex mutex_;
  std::vector<Rule> rules_;
  std::map<std::string, int> calls_;
};

}  // namespace callproxy
