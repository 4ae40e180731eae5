#include "standing.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/text.h"
#include "output.h"

namespace cli {

Standing::Standing(Context& context, StandingOptions options, Signals& signals)
    : context_(context), options_(std::move(options)), signals_(signals) {}

std::expected<std::unique_ptr<Standing>, Failure> Standing::open(Context& context, StandingOptions options,
                                                                 Signals& signals) {
  const auto election = context.election(options.name);
  if (!election) return std::unexpected(election.error());
  const auto client = context.client();
  std::unique_ptr<Standing> standing(new Standing(context, std::move(options), signals));
  const StandingOptions& wanted = standing->options_;
  const elect::Until until{signals.stop_token(), {}};

  auto session = elect::Session::open(**client, wanted.session, until);
  if (!session) return std::unexpected(Failure(session.error()));
  standing->session_ = *std::move(session);
  if (wanted.session.lease == 0 && standing->session_->ttl() > wanted.session.ttl) {
    warn(fmt::format("the server granted a time to live of {} in place of {}",
                     elect::format_duration(standing->session_->ttl()), elect::format_duration(wanted.session.ttl)));
  }
  auto candidacy = elect::Candidacy::stand(**client, *standing->session_, wanted.name, wanted.value, until);
  if (!candidacy) return std::unexpected(Failure(candidacy.error()));
  standing->candidacy_ = *std::move(candidacy);
  return standing;
}

Standing::~Standing() {
  if (!session_) return;
  const auto hurry = signals_.impatient_token();
  if (candidacy_ && !session_->owned() && !session_->loss()) {
    if (const auto withdrawn = candidacy_->withdraw(hurry); !withdrawn) {
      warn(fmt::format("could not withdraw {}: {}", elect::printable(candidacy_->self().key),
                       elect::describe(withdrawn.error())));
    }
  }
  if (const auto closed = session_->close(hurry); !closed) {
    warn(fmt::format("could not revoke lease {}: {}", elect::hex_of(session_->lease()),
                     elect::describe(closed.error())));
  }
}

elect::Result<elect::Candidacy::Verdict> Standing::wait() {
  if (candidacy_->elected()) return elect::Candidacy::Elected{};
  if (options_.try_once) return elect::Candidacy::Beaten{};
  elect::Until until{signals_.stop_token(), {}};
  if (options_.wait) until.deadline = begun_ + *options_.wait;
  if (!is_terminal(STDERR_FILENO)) return candidacy_->wait(until);

  show_place(candidacy_->ahead());
  auto verdict = candidacy_->wait(until, [this](const elect::Ahead& ahead) { show_place(ahead); });
  fmt::print(stderr, "\r\x1b[K");
  return verdict;
}

// For people only, so the look at the whole queue that it costs is made on a terminal alone.
void Standing::show_place(const elect::Ahead& ahead) {
  std::string place = fmt::format("behind {}", elect::printable(ahead.key));
  auto election = context_.election(options_.name);
  const auto snapshot =
      election ? election->candidates({}, signals_.stop_token()) : elect::fail(elect::Errc::usage, "");
  if (snapshot && !snapshot->candidates.empty()) {
    const auto in_front = std::ranges::count_if(snapshot->candidates, [this](const auto& candidate) {
      return candidate.create_revision < candidacy_->self().create_revision;
    });
    place = fmt::format("place {} of {}, leader {}", in_front + 1, snapshot->candidates.size(),
                        elect::printable(snapshot->candidates.front().value));
  }
  const std::string line = fmt::format("waiting in '{}': {}", elect::printable(options_.name), place);
  fmt::print(stderr, "\r\x1b[K{}", line.substr(0, static_cast<std::size_t>(terminal_width(STDERR_FILENO) - 1)));
}

}  // namespace cli
