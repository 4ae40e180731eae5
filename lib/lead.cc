#include "elect/lead.h"

#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "elect/thread.h"
#include "wire/connection.h"

namespace elect {
namespace {

// Holds leadership until `done` fires, or until leadership is lost or uncertain. Then returns why.
Result<std::optional<Loss>> hold_while_sure(const Session& session, Candidacy& candidacy, const std::stop_token& done) {
  for (;;) {
    auto loss = candidacy.hold({done, session.validity().uncertain_from()});
    if (!loss && loss.error().code == Errc::interrupted) return std::nullopt;
    if (!loss || *loss) return loss;
    const Validity validity = session.validity();  // Later than before if the lease was renewed since.
    if (validity.at(BootClock::now()) == Validity::State::sure) continue;
    return Loss{Loss::Cause::no_answer, session.silence()};
  }
}

// Runs the work. Another thread holds leadership meanwhile.
Result<std::optional<Loss>> work_and_hold(const Session& session, Candidacy& candidacy, const Work& work,
                                          const std::stop_token& stop, std::exception_ptr& thrown) {
  std::stop_source stop_work;
  const auto request_stop = [&stop_work] { stop_work.request_stop(); };
  const std::stop_callback on_caller_stop(stop, request_stop);
  Result<std::optional<Loss>> held;
  auto holding = start_thread([&](const std::stop_token& done) {
    held = hold_while_sure(session, candidacy, done);
    request_stop();
  });
  if (!holding) return std::unexpected(holding.error());
  try {
    work(stop_work.get_token(), candidacy.self());
  } catch (...) {
    thrown = std::current_exception();
  }
  holding->request_stop();
  holding->join();
  return held;
}

}  // namespace

Result<LeadOutcome> lead(Session& session, const Election& election, std::string value, const Work& work,
                         const Until& until) {
  const Until one_call = Connection::of(election.client()).for_one_call(until);
  const auto stood = Candidacy::stand(election, session, std::move(value), one_call);
  if (!stood) return std::unexpected(stood.error());
  Candidacy& candidacy = **stood;

  std::exception_ptr thrown;
  Result<LeadOutcome> outcome = WorkDone{};
  const auto verdict = candidacy.wait(until);
  if (!verdict) {
    outcome = std::unexpected(verdict.error());
  } else if (const auto* lost = std::get_if<Loss>(&*verdict)) {
    outcome = *lost;
  } else if (std::holds_alternative<Candidacy::NotElected>(*verdict)) {
    outcome = Candidacy::NotElected{};
  } else {
    const auto held = work_and_hold(session, candidacy, work, until.stop, thrown);
    if (!held) outcome = std::unexpected(held.error());
    if (held && *held) outcome = **held;
  }

  candidacy.stop_watching();
  const auto* loss = outcome ? std::get_if<Loss>(&*outcome) : nullptr;
  const bool gone =
      loss != nullptr && (loss->cause == Loss::Cause::lease_gone || loss->cause == Loss::Cause::key_deleted);
  const auto withdrawn = gone ? Result<bool>(true) : candidacy.withdraw();
  if (thrown) std::rethrow_exception(thrown);
  if (outcome && std::holds_alternative<WorkDone>(*outcome)) {
    if (!withdrawn) return std::unexpected(withdrawn.error());
    if (!*withdrawn) {
      return Loss{Loss::Cause::key_deleted,
                  fmt::format("key {} was deleted while the work ended", candidacy.self().key)};
    }
  }
  return outcome;
}

}  // namespace elect
