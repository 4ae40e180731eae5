#include "elect/verify.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "elect/ledger.h"
#include "elect/text.h"
#include "elect/thread.h"
#include "election.grpc.pb.h"
#include "wire/convert.h"
#include "wire/range.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostNamed = 5;  // At most this many faulty items are named. The others are counted.
constexpr auto kPauseBeforeAsking = 100ms;

Check check_of(std::string what, const std::vector<std::string>& faults, std::string fine) {
  if (faults.empty()) return {std::move(what), true, std::move(fine)};
  const auto named = std::min(faults.size(), kMostNamed);
  std::string detail = fmt::format("{}", fmt::join(faults.begin(), faults.begin() + static_cast<long>(named), "; "));
  if (faults.size() > named) detail += fmt::format("; and {} more", faults.size() - named);
  return {std::move(what), false, std::move(detail)};
}

// "1 key is", "3 keys are": `of_many` is what follows the number where it is not 1.
std::string counted(std::size_t number, std::string_view of_one, std::string_view of_many) {
  return fmt::format("{} {}", number, number == 1 ? of_one : of_many);
}

// The answer of the server's own election service, and the listing at the revision of that answer.
struct Service {
  std::optional<Candidate> leader;
  Snapshot listing;
};

Result<Service> ask_service(const Election& election, const Until& until) {
  v3electionpb::LeaderRequest request;
  request.set_name(election.name());
  v3electionpb::LeaderResponse response;
  Connection& connection = Connection::of(election.client());
  const auto called =
      connection.call(&v3electionpb::Election::Stub::Leader, request, response, connection.for_one_call(until));
  if (called) {
    auto listing = election.candidates({.revision = response.header().revision()}, until);
    if (!listing) return std::unexpected(listing.error());
    return Service{candidate_of(std::move(*response.mutable_kv())), *std::move(listing)};
  }
  if (!called.error().message.starts_with("election: no leader")) return std::unexpected(called.error());
  auto listing = election.candidates({}, until);
  if (!listing) return std::unexpected(listing.error());
  return Service{{}, *std::move(listing)};
}

// Asks again if a candidate appeared between the answer "no leader" and the listing. Also asks again after an error:
// the service does not retry while the raft leader changes, and it gives no code to recognise that.
Result<std::pair<Check, Snapshot>> check_service(const Election& election, const Until& until) {
  const BootTime give_up_at = *Connection::of(election.client()).for_one_call(until).deadline;
  for (;; pause_for(kPauseBeforeAsking, until.stop)) {
    const bool last = BootClock::now() >= give_up_at || until.stop.stop_requested();
    auto service = ask_service(election, until);
    if (!service) {
      if (service.error().code == Errc::unreachable) return std::unexpected(service.error());
      if (!last) continue;
      auto listing = election.candidates({}, until);
      if (!listing) return std::unexpected(listing.error());
      return std::pair{
          Check{"service", false, "the server's election service gave no answer: " + describe(service.error())},
          *std::move(listing)};
    }
    const auto& candidates = service->listing.candidates;
    const Candidate* first = candidates.empty() ? nullptr : &candidates.front();
    const bool same = first == nullptr ? !service->leader : service->leader == *first;
    if (!same && !service->leader && !last) continue;
    const auto name = [](const Candidate* one) { return one == nullptr ? "nobody" : printable(one->key); };
    std::string detail = fmt::format("the server's election service says that {} leads",
                                     name(service->leader ? &*service->leader : nullptr));
    if (!same) detail += fmt::format(", but {} is the first of the listing", name(first));
    return std::pair{Check{"service", same, std::move(detail)}, std::move(service->listing)};
  }
}

Check check_leases(const Election& election, const std::vector<Candidate>& listing, const Until& until) {
  std::vector<LeaseId> leases;
  for (const auto& candidate : listing) {
    if (candidate.lease != 0) leases.push_back(candidate.lease);
  }
  const auto statuses = election.client().time_to_live(leases, true, until);
  if (!statuses) return {"leases", false, "could not be looked up: " + describe(statuses.error())};
  std::vector<std::pair<const Candidate*, std::string>> suspects;
  auto status = statuses->begin();
  for (const auto& candidate : listing) {
    if (candidate.lease == 0) continue;
    const std::string who = fmt::format("lease {} of {}", hex_of(candidate.lease), printable(candidate.key));
    if (status->ttl < 0s) {
      suspects.emplace_back(&candidate, who + " is gone");
    } else if (std::ranges::find(status->keys, candidate.key) == status->keys.end()) {
      suspects.emplace_back(&candidate, who + " does not list this key");
    }
    ++status;
  }
  std::vector<std::string> faults;
  if (!suspects.empty()) {
    // A candidate that has left in the meantime is not a fault: its key and lease go together.
    const auto now = election.candidates({}, until);
    if (!now) return {"leases", false, "could not be looked at again: " + describe(now.error())};
    std::set<std::pair<std::string_view, Revision>> standing;
    for (const auto& candidate : now->candidates) standing.emplace(candidate.key, candidate.mod_revision);
    for (auto& [candidate, fault] : suspects) {
      if (standing.contains({candidate->key, candidate->mod_revision})) faults.push_back(std::move(fault));
    }
  }
  return check_of("leases", faults,
                  counted(leases.size(), "lease lives and lists its key", "leases live and list their keys"));
}

struct View {
  std::string endpoint;
  Result<Snapshot> snapshot;
};

// What this one endpoint has at that revision. Waits if it lags. Does not wait if it belongs to another cluster.
Result<Snapshot> view_of(const ClientOptions& options, const std::string& endpoint, const std::string& name,
                         const Header& at, const Until& until) {
  ClientOptions alone = options;
  alone.endpoints = {endpoint};
  auto client = Client::open(std::move(alone));
  if (!client) return std::unexpected(client.error());
  auto election = Election::open(**client, name);
  if (!election) return std::unexpected(election.error());
  const BootTime give_up_at = saturating_add(BootClock::now(), options.command_timeout);
  for (;;) {
    auto snapshot = election->candidates({.revision = at.revision, .serializable = true}, until);
    if (snapshot || snapshot.error().code != Errc::future_revision) return snapshot;
    const auto present = election->candidates({.limit = 1, .serializable = true, .keys_only = true}, until);
    if (!present || present->header.cluster_id != at.cluster_id) return present;
    if (BootClock::now() >= give_up_at) return snapshot;
    pause_for(kPauseBeforeAsking, until.stop);
  }
}

std::vector<View> views_of(const ClientOptions& options, const std::vector<std::string>& endpoints,
                           const std::string& name, const Header& at, const Until& until) {
  std::vector<View> views;
  views.reserve(endpoints.size());
  for (const auto& endpoint : endpoints) views.push_back({endpoint, Snapshot{}});
  std::vector<std::jthread> readers;
  readers.reserve(views.size());
  for (auto& view : views) {
    const auto look = [&] { view.snapshot = view_of(options, view.endpoint, name, at, until); };
    if (auto reader = start_thread(look)) {
      readers.push_back(*std::move(reader));
    } else {
      look();  // No thread could be started: look one after the other.
    }
  }
  readers.clear();  // Waits for all of them.
  return views;
}

// The members of the cluster that are not among the given endpoints.
struct OtherMembers {
  std::vector<std::string> urls;
  std::vector<std::string> plain;  // Not asked: the account and the answers would go over a weaker transport.
};

OtherMembers other_members_of(Client& client, const std::vector<View>& views, const Until& until) {
  etcdserverpb::MemberListRequest request;
  etcdserverpb::MemberListResponse response;
  Connection& connection = Connection::of(client);
  const Until one_call = connection.for_one_call(until);
  // If the user may not ask, or asks through a proxy, only the endpoints are verified.
  if (!connection.call(&etcdserverpb::Cluster::Stub::MemberList, request, response, one_call)) return {};
  std::set<std::uint64_t> seen;
  for (const auto& view : views) {
    if (view.snapshot) seen.insert(view.snapshot->header.member_id);
  }
  const bool all_secure = connection.all_secure();
  OtherMembers others;
  for (const auto& member : response.members()) {
    if (seen.contains(member.id()) || member.clienturls().empty()) continue;
    const bool known = std::ranges::any_of(member.clienturls(), [&views](const std::string& url) {
      return std::ranges::any_of(
          views, [&url](const View& view) { return url == view.endpoint || url.ends_with("//" + view.endpoint); });
    });
    if (known) continue;
    const auto url = std::ranges::find_if(member.clienturls(), [all_secure](const std::string& each) {
      return !all_secure || each.starts_with("https://");
    });
    if (url != member.clienturls().end()) {
      others.urls.push_back(*url);
    } else {
      others.plain.push_back(printable(member.clienturls(0)));
    }
  }
  return others;
}

Check check_endpoints(const Election& election, const Snapshot& listing, const Until& until) {
  Client& client = election.client();
  const std::string& name = election.name();
  const ClientOptions& options = client.options();
  const Revision revision = listing.header.revision;
  auto views = views_of(options, options.endpoints, name, listing.header, until);
  const OtherMembers others = other_members_of(client, views, until);
  for (auto& view : views_of(options, others.urls, name, listing.header, until)) views.push_back(std::move(view));
  std::vector<std::string> faults;
  std::vector<std::string> unreachable;
  for (const auto& [endpoint, snapshot] : views) {
    const std::string who = printable(endpoint);
    if (!snapshot) {
      const Errc code = snapshot.error().code;
      if (is_transient(code)) {
        unreachable.push_back(who);
      } else if (code == Errc::future_revision) {
        faults.push_back(fmt::format("{} lags: it has not got revision {} yet", who, revision));
      } else {
        faults.push_back(fmt::format("{}: {}", who, printable(snapshot.error().message)));
      }
    } else if (snapshot->header.cluster_id != listing.header.cluster_id) {
      faults.push_back(fmt::format("{} is of another cluster", who));
    } else if (snapshot->candidates != listing.candidates) {
      faults.push_back(fmt::format("{} shows another listing at revision {}", who, revision));
    }
  }
  Check check = check_of("endpoints", faults,
                         fmt::format("the same listing from {} of {} at revision {}", views.size() - unreachable.size(),
                                     counted(views.size(), "endpoint", "endpoints"), revision));
  if (!unreachable.empty()) check.detail += fmt::format("; not reachable: {}", fmt::join(unreachable, ", "));
  if (!others.plain.empty()) {
    check.detail += fmt::format("; not asked, since only your endpoints have TLS: {}", fmt::join(others.plain, ", "));
  }
  return check;
}

// What is wrong with the claims of this ID, as far back as the store reaches. Empty: nothing.
Result<std::string> fault_before(const Election& election, Run run, const Until& until) {
  while (run.claim_revision > run.create_revision) {
    const auto before = runs(election, {.id = run.id, .revision = run.claim_revision - 1}, until);
    if (!before && before.error().code == Errc::compacted) break;
    if (!before) return std::unexpected(before.error());
    if (before->runs.empty()) break;
    const Run& earlier = before->runs.front();
    const bool same = earlier.key == run.key && earlier.token == run.token;
    const auto tokens = fmt::format("run '{}' was claimed with token {}", printable(run.id), run.token);
    if (earlier.state == RunState::done) return fmt::format("{} after it was done with {}", tokens, earlier.token);
    if (earlier.state == RunState::running && !same) {
      return fmt::format("{} while it ran with {}", tokens, earlier.token);
    }
    if (earlier.token >= run.token && !same) return fmt::format("{} after {}", tokens, earlier.token);
    run = earlier;
  }
  return std::string();
}

Check check_runs(const Election& election, const Until& until) {
  const auto listing = runs(election, {}, until);
  if (!listing) {
    const bool denied = listing.error().code == Errc::permission;
    return {"runs", denied, (denied ? "not checked: " : "could not be read: ") + describe(listing.error()), denied};
  }
  std::vector<std::string> faults;
  std::set<std::string_view> seen;
  for (const auto& run : listing->runs) {
    const std::string who = fmt::format("run '{}'", printable(run.id));
    if (!seen.insert(run.id).second) faults.push_back(who + " has two records");
    if (run.state == RunState::abandoned && run.version > 0) {
      faults.push_back(fmt::format("{} is abandoned: {} is gone, and no end is recorded", who, printable(run.key)));
    }
    const auto fault = fault_before(election, run, until);
    if (!fault) return {"runs", false, "the past could not be read: " + describe(fault.error())};
    if (!fault->empty()) faults.push_back(*fault);
  }
  return check_of("runs", faults,
                  counted(seen.size(), "run", "runs") + " in the ledger, none abandoned, none claimed twice");
}

// Why a candidate's key is not the one that this election gives to its lease.
std::string why_foreign(const Candidate& candidate, const std::string& name) {
  const std::string key = printable(candidate.key);
  const std::string tail = "/" + hex_of(candidate.lease);
  if (!candidate.key.ends_with(tail)) return fmt::format("{} is not named after its lease, {}", key, tail.substr(1));
  const std::string_view other = std::string_view(candidate.key).substr(0, candidate.key.size() - tail.size());
  return fmt::format("{} is of election '{}': that stands in this queue, since its name begins with '{}'", key,
                     printable(other), printable(prefix_of(name)));
}

}  // namespace

std::vector<Check> check_listing(const std::string& name, const std::vector<Candidate>& listing) {
  std::vector<std::string> disorder;
  std::vector<std::string> foreign;
  std::vector<std::string> unattached;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    const Candidate& candidate = listing[i];
    const std::string key = printable(candidate.key);
    if (i > 0 && listing[i - 1].create_revision >= candidate.create_revision) {
      disorder.push_back(fmt::format("{} (create revision {}) comes behind {} ({})", key, candidate.create_revision,
                                     printable(listing[i - 1].key), listing[i - 1].create_revision));
    }
    if (candidate.lease == 0) {
      unattached.push_back(
          fmt::format("{} has no lease: {} until somebody deletes it", key, i == 0 ? "it leads" : "it will lead"));
    } else if (candidate.key != key_of(name, candidate.lease)) {
      foreign.push_back(why_foreign(candidate, name));
    }
    // A key without a lease must still be named like a lease: hex after the prefix.
    const std::string_view tail = std::string_view(candidate.key).substr(prefix_of(name).size());
    if (candidate.lease == 0 && (tail.empty() || tail.find_first_not_of("0123456789abcdef") != tail.npos)) {
      foreign.push_back(fmt::format("{} is named after no lease", key));
    }
  }
  const auto count = listing.size();
  return {
      check_of("order", disorder, counted(count, "candidate", "candidates in the order of their create revisions")),
      check_of("keys", foreign, counted(count, "key is named after its lease", "keys are named after their leases")),
      check_of("attached", unattached, counted(count, "key has a lease", "keys have a lease"))};
}

Result<Verification> verify(const Election& election, const Until& until) {
  auto service_check = check_service(election, until);
  if (!service_check) return std::unexpected(service_check.error());
  auto& [service, snapshot] = *service_check;
  Verification verification{std::move(snapshot), {}};
  const auto& listing = verification.snapshot.candidates;
  verification.checks = check_listing(election.name(), listing);
  verification.checks.insert(verification.checks.begin() + 1, std::move(service));
  verification.checks.push_back(check_leases(election, listing, until));
  verification.checks.push_back(check_endpoints(election, verification.snapshot, until));
  verification.checks.push_back(check_runs(election, until));
  if (until.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  return verification;
}

}  // namespace elect
