// What observers are told: Election::observe, observe_all, Election::watch. Each implements a listener for follow().
#include <utility>

#include "elect/survey.h"
#include "wire/follow.h"

namespace elect {
namespace {

using Tell = std::function<bool(const Observation&)>;

Observation::Type type_of(Change::Type type) {
  switch (type) {
    case Change::Type::elected:
      return Observation::Type::elected;
    case Change::Type::proclaimed:
      return Observation::Type::proclaimed;
    case Change::Type::vacant:
      return Observation::Type::vacant;
  }
  std::unreachable();
}

class ElectionListener : public RangeListener {
 public:
  ElectionListener(const std::string& name, const Tell& tell) : name_(name), tell_(tell) {}

  bool begin(Snapshot&& snapshot, Revision at) override {
    const Header header = snapshot.header;
    take(std::move(snapshot), at);
    return tell_present(header, at, {});
  }

  // If the same leader has the same value, it has led all along. Otherwise others may have led unseen.
  bool resume(Snapshot&& snapshot, Revision at, Revision oldest) override {
    std::optional<Candidate> before;
    if (const Candidate* leader = queue_.leader()) before = *leader;
    const Header header = snapshot.header;
    take(std::move(snapshot), at);
    const Candidate* leader = queue_.leader();
    if (before && leader != nullptr && *before == *leader) return true;
    if (!tell_({Observation::Type::gap, {}, oldest, {}, 0, name_})) return false;
    return (!before && leader == nullptr) || tell_present(header, at, before);
  }

  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    const bool vacancy = queue_.size() == 0;
    const auto change = queue_.apply(revision, events);
    if (!change) return true;
    if (change->type == Change::Type::elected) count_ = vacancy ? 0 : static_cast<std::int64_t>(queue_.size());
    return tell_({type_of(change->type), header, change->revision, change->leader, count_, name_});
  }

 private:
  void take(Snapshot&& snapshot, Revision at) {
    queue_ = Queue(std::move(snapshot.candidates), at);
    count_ = static_cast<std::int64_t>(queue_.size());
  }

  bool tell_present(const Header& header, Revision at, const std::optional<Candidate>& before) {
    if (const Candidate* leader = queue_.leader()) {
      return tell_({Observation::Type::elected, header, leader->mod_revision, *leader, count_, name_});
    }
    return tell_({Observation::Type::vacant, header, at, before.value_or(Candidate{}), 0, name_});
  }

  const std::string& name_;
  const Tell& tell_;
  Queue queue_;
  std::int64_t count_ = 0;  // As it was when the leader was elected.
};

class ElectionsListener : public RangeListener {
 public:
  ElectionsListener(const std::string& prefix, const Tell& tell) : prefix_(prefix), tell_(tell), elections_(prefix) {}

  bool begin(Snapshot&& snapshot, Revision at) override { return take(std::move(snapshot), at); }

  // An election that appeared and ended unseen leaves no trace. So there is always a gap.
  bool resume(Snapshot&& snapshot, Revision at, Revision oldest) override {
    return tell_({Observation::Type::gap, {}, oldest, {}, 0, prefix_}) && take(std::move(snapshot), at);
  }

  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    for (auto& [name, change, count] : elections_.apply(revision, events)) {
      if (!tell_({type_of(change.type), header, change.revision, std::move(change.leader), count, std::move(name)})) {
        return false;
      }
    }
    return true;
  }

 private:
  // Reports what has changed since the last state.
  bool take(Snapshot&& snapshot, Revision at) {
    const auto before = std::exchange(elections_, Elections(prefix_, snapshot.candidates, at));
    for (const auto& [name, queue] : before.all()) {
      if (elections_.all().contains(name)) continue;
      if (!tell_({Observation::Type::vacant, snapshot.header, at, *queue.leader(), 0, name})) return false;
    }
    for (const auto& [name, queue] : elections_.all()) {
      const Candidate& leader = *queue.leader();
      const auto known = before.all().find(name);
      if (known != before.all().end() && *known->second.leader() == leader) continue;
      const auto count = static_cast<std::int64_t>(queue.size());
      if (!tell_({Observation::Type::elected, snapshot.header, leader.mod_revision, leader, count, name})) return false;
    }
    return true;
  }

  const std::string& prefix_;
  const Tell& tell_;
  Elections elections_;
};

class QueueListener : public RangeListener {
 public:
  explicit QueueListener(const std::function<bool(const Header&, const Queue&)>& tell) : tell_(tell) {}

  bool begin(Snapshot&& snapshot, Revision at) override {
    header_ = snapshot.header;
    queue_ = Queue(std::move(snapshot.candidates), at);
    return true;
  }
  bool resume(Snapshot&& snapshot, Revision at, Revision) override { return begin(std::move(snapshot), at); }
  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    header_ = header;
    header_.revision = revision;
    queue_.apply(revision, events);
    return true;
  }
  bool caught_up() override { return tell_(header_, queue_); }

 private:
  const std::function<bool(const Header&, const Queue&)>& tell_;
  Header header_;
  Queue queue_;
};

}  // namespace

Result<void> Election::observe(Revision from, const Tell& tell, const Until& until) const {
  ElectionListener listener(name_, tell);
  return follow(Connection::of(*client_), keys_below(prefix_of(name_)), from, listener, until);
}

Result<void> Election::watch(const std::function<bool(const Header&, const Queue&)>& tell, const Until& until) const {
  QueueListener listener(tell);
  return follow(Connection::of(*client_), keys_below(prefix_of(name_)), 0, listener, until);
}

Result<Survey> survey(Client& client, const std::string& prefix, const Query& query, const Until& until) {
  auto snapshot = read_range(Connection::of(client), keys_below(prefix), query, until);
  if (!snapshot) return std::unexpected(snapshot.error());
  const Header header = snapshot->header;
  return Survey{header, Elections(prefix, snapshot->candidates, header.revision)};
}

Result<void> observe_all(Client& client, const std::string& prefix, Revision from, const Tell& tell,
                         const Until& until) {
  ElectionsListener listener(prefix, tell);
  return follow(Connection::of(client), keys_below(prefix), from, listener, until);
}

}  // namespace elect
