#include "commands/status_line.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "elect/duration.h"
#include "elect/text.h"
#include "elect/thread.h"
#include "output.h"
#include "render/columns.h"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenDraws = 1s;
constexpr auto kBetweenReads = 10s;

}  // namespace

StatusLine::StatusLine(elect::Election election, elect::Revision self, std::string ahead)
    : terminal_is_dumb_(is_dumb()), election_(std::move(election)), own_revision_(self), ahead_(std::move(ahead)) {
  if (auto thread = elect::start_thread([this](const std::stop_token& stop) { run(stop); })) {
    thread_ = *std::move(thread);
  }
}

StatusLine::~StatusLine() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (!terminal_is_dumb_) say("\r\x1b[K");
}

void StatusLine::set_ahead(std::string ahead) {
  {
    const std::lock_guard lock(mutex_);
    ahead_ = std::move(ahead);
    ahead_changed_ = true;
  }
  changed_.notify_all();
}

void StatusLine::run(const std::stop_token& stop) {
  std::string place;
  elect::BootTime read_at{};
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    if (std::exchange(ahead_changed_, false) || elect::BootClock::now() - read_at >= kBetweenReads) {
      const std::string ahead = ahead_;
      lock.unlock();
      const std::string before = std::exchange(place, read_position(stop, ahead));
      read_at = elect::BootClock::now();
      lock.lock();
      if (terminal_is_dumb_ && place != before && !stop.stop_requested()) draw(place);
    }
    if (stop.stop_requested()) return;
    if (!terminal_is_dumb_) draw(place);
    changed_.wait_for(lock, stop, kBetweenDraws, [this] { return ahead_changed_; });
  }
}

std::string StatusLine::read_position(const std::stop_token& stop, const std::string& ahead) const {
  const auto snapshot = election_.candidates({}, {stop, {}});
  if (!snapshot) return fmt::format("behind {} ({})", elect::printable(ahead), elect::describe(snapshot.error()));
  const auto in_front = std::ranges::count_if(
      snapshot->candidates, [this](const auto& candidate) { return candidate.create_revision < own_revision_; });
  if (snapshot->candidates.empty() || in_front == 0) return "first in the queue";
  return fmt::format("place {} of {}, leader {}", in_front + 1, snapshot->candidates.size(),
                     elect::printable(snapshot->candidates.front().value));
}

void StatusLine::draw(const std::string& place) const {
  const auto waited = std::chrono::floor<std::chrono::seconds>(elect::BootClock::now() - waiting_since_);
  const std::string line = fmt::format("waiting in '{}' for {}: {}", elect::printable(election_.name()),
                                       elect::format_duration(waited), place);
  const auto width = static_cast<std::size_t>(std::max(terminal_size(STDERR_FILENO).columns - 1, 0));
  const std::string text = render::cut(line, width, {.ascii = !speaks_utf8()});
  say(terminal_is_dumb_ ? text + "\n" : "\r\x1b[K" + text);
}

}  // namespace cli
