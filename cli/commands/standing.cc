#include "commands/standing.h"

#include <unistd.h>

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "commands/status_line.h"
#include "elect/duration.h"
#include "elect/text.h"
#include "output.h"

namespace cli {
namespace {

// Why the file's session must not be resumed; empty: it may be.
std::string why_not_resumed(const SessionFile& file) {
  const std::string left_alone = fmt::format(", so its lease {} is left alone", elect::hex_of(file.record()->lease));
  switch (file.origin()) {
    case SessionFile::Origin::own:
      return {};
    case SessionFile::Origin::copy:
      return "is a copy of another file's" + left_alone;
    case SessionFile::Origin::foreign:
      return "belongs to another machine" + left_alone;
    case SessionFile::Origin::unbound:
      return "was written by electctl 0.1.0, which did not record the machine" + left_alone;
  }
  std::unreachable();
}

}  // namespace

Standing::Standing(elect::Election election, StandingOptions options, Signals& signals)
    : election_(std::move(election)), options_(std::move(options)), signals_(signals) {}

std::expected<std::unique_ptr<Standing>, Failure> Standing::open(Context& context, StandingOptions options,
                                                                 Signals& signals) {
  auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  options.session.readable_key = elect::prefix_of(options.name);
  std::unique_ptr<Standing> standing(new Standing(*std::move(election), std::move(options), signals));
  const StandingOptions& wanted = standing->options_;
  const auto opened = wanted.session_file.empty() ? standing->open_session() : standing->resume_or_open_session();
  if (!opened) return std::unexpected(opened.error());
  auto candidacy = elect::Candidacy::stand(standing->election_, *standing->session_, wanted.value,
                                           {signals.stop_token(), {}}, signals.third_signal_token());
  if (!candidacy) return std::unexpected(Failure(candidacy.error()));
  standing->candidacy_ = *std::move(candidacy);
  standing->waited_ = standing->waited_ || !standing->candidacy_->elected();
  standing->store_position();
  return standing;
}

std::expected<void, Failure> Standing::open_session() {
  auto session = elect::Session::open(election_.client(), options_.session, {signals_.stop_token(), {}},
                                      signals_.third_signal_token());
  if (!session) return std::unexpected(Failure(session.error()));
  session_ = *std::move(session);
  if (session_->owned() && session_->ttl() > options_.session.ttl) {
    warn(fmt::format("etcd granted a TTL of {} instead of {}", elect::format_duration(session_->ttl()),
                     elect::format_duration(options_.session.ttl)));
  }
  return {};
}

std::expected<void, Failure> Standing::resume_or_open_session() {
  auto file = SessionFile::open(options_.session_file, options_.in_use_code);
  if (!file) {
    Failure& failure = file.error();
    // All other failures have kError.
    const bool in_use = failure.code == options_.in_use_code && failure.code != kError;
    // With --try this is an answer like "another one leads": the exit code gives it, and cron need not send a mail.
    if (in_use && options_.try_once) remark(std::exchange(failure.message, {}));
    return std::unexpected(failure);
  }
  file_.emplace(*std::move(file));
  // Shows which cluster this is, before anything is changed in it.
  const auto snapshot = election_.candidates({.limit = 1}, {signals_.stop_token(), {}});
  if (!snapshot) return std::unexpected(Failure(snapshot.error()));

  elect::LeaseId replaced = 0;  // A lease of another election in this cluster.
  if (const auto& record = file_->record()) {
    std::string why = why_not_resumed(*file_);
    if (!why.empty()) {
      // Its lease belongs to the original file.
    } else if (record->cluster != snapshot->header.cluster_id) {
      why = "belongs to another cluster";
    } else if (record->election != options_.name) {
      why = fmt::format("belongs to election '{}'", elect::printable(record->election));
      replaced = record->lease;
    } else {
      options_.session.lease = record->lease;
      const auto resumed = open_session();
      if (resumed) {
        waited_ = record->waited;
        if (session_->ttl() != options_.session.ttl) {
          warn(fmt::format("the session in '{}' keeps the TTL of {} that it was begun with",
                           elect::printable(options_.session_file), elect::format_duration(session_->ttl())));
        }
        return {};
      }
      options_.session.lease = 0;
      const auto alive = election_.client().time_to_live(record->lease, false, {signals_.stop_token(), {}});
      if (!alive || alive->ttl.count() >= 0) return resumed;
      why = "has ended: its lease does not exist any more";
    }
    warn(fmt::format("the session in '{}' {}; a new one replaces it", elect::printable(options_.session_file), why));
  } else if (file_->emptied()) {
    warn(fmt::format("session file '{}' is empty: a session that it held cannot be found any more; a new one is begun",
                     elect::printable(options_.session_file)));
  }
  options_.session.grant_as = elect::random_lease();
  const auto stored =
      file_->store({snapshot->header.cluster_id, options_.name, options_.session.grant_as,
                    elect::key_of(options_.name, options_.session.grant_as), 0, options_.session.ttl.count(), false});
  if (!stored) return stored;
  // No file names this lease now. If it cannot be revoked, it expires by itself.
  if (replaced != 0) (void)election_.client().revoke(replaced, {signals_.stop_token(), {}});
  return open_session();
}

// Writes the candidacy into the session file. If that fails, only warns: the lease is already in the file, and the next
// run finds the rest by it.
void Standing::store_position() {
  if (!file_) return;
  SessionRecord record = *file_->record();
  record.create_revision = candidacy_->self().create_revision;
  record.ttl = session_->ttl().count();
  record.waited = waited_;
  if (record == *file_->record()) return;
  if (const auto stored = file_->store(record); !stored) warn(stored.error().message);
}

void Standing::note_cmd_start() {
  waited_ = false;
  store_position();
}

Standing::~Standing() {
  if (candidacy_) candidacy_->stop_watching();
  if (!session_ || file_) return;
  const auto third_signal = signals_.third_signal_token();
  const auto loss = session_->loss();
  const bool gone = loss && loss->cause == elect::Loss::Cause::lease_gone;
  if (candidacy_ && (candidacy_->detached() || !session_->owned())) {
    session_->stop_renewing();
    const auto withdrawn = candidacy_->withdraw({third_signal, {}});
    if (!withdrawn && (candidacy_->detached() || !gone)) {
      warn(fmt::format("candidate {} not withdrawn: {}; it stands until its lease ends",
                       elect::printable(candidacy_->self().key), elect::describe(withdrawn.error())));
    }
  }
  if (const auto closed = session_->close({third_signal, {}}); !closed) {
    warn(fmt::format("lease {} not revoked: {}; it expires by itself", elect::hex_of(session_->lease()),
                     elect::describe(closed.error())));
  }
}

elect::Result<elect::Candidacy::Verdict> Standing::wait() {
  if (const auto loss = session_->loss()) return *loss;
  if (candidacy_->elected()) return elect::Candidacy::Elected{};
  if (options_.try_once) return elect::Candidacy::NotElected{};
  elect::Until until{signals_.stop_token(), {}};
  if (options_.wait) until.deadline = elect::saturating_add(opened_at_, *options_.wait);
  if (!is_terminal(STDERR_FILENO)) return candidacy_->wait(until);

  StatusLine line(election_, candidacy_->self().create_revision, candidacy_->ahead().key);
  return candidacy_->wait(until, [&line](const elect::Ahead& ahead) { line.set_ahead(ahead.key); });
}

}  // namespace cli
