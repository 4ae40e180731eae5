// What is reported to observers: Election::observe, observe_all, Election::watch. Each has a listener for follow().
// Also survey(), which reads once what observe_all() reports.
#include <utility>

#include "elect/survey.h"
#include "wire/follow.h"

namespace elect {
namespace {

using Report = std::function<bool(const Observation&)>;

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
  ElectionListener(const std::string& name, const Report& report) : name_(name), report_(report) {}

  bool begin(Snapshot&& snapshot, Revision at) override {
    const Header header = snapshot.header;
    take(std::move(snapshot), at);
    return report_present(header, at, {});
  }

  // If nobody has put the leader's key meanwhile, it has led all along, as far as this store knows. Otherwise others
  // may have led unseen.
  bool after_compaction(Snapshot&& snapshot, Revision at, Revision oldest) override {
    std::optional<Candidate> before;
    if (const Candidate* leader = queue_.leader()) before = *leader;
    const Header header = snapshot.header;
    take(std::move(snapshot), at);
    const Candidate* leader = queue_.leader();
    if (before && leader != nullptr && *before == *leader) return true;
    if (!report_({Observation::Type::gap, {}, oldest, {}, 0, name_})) return false;
    return (!before && leader == nullptr) || report_present(header, at, before);
  }

  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    const bool vacancy = queue_.size() == 0;
    const auto change = queue_.apply(revision, events);
    if (!change) return true;
    if (change->type == Change::Type::elected) count_ = vacancy ? 0 : static_cast<std::int64_t>(queue_.size());
    return report_({type_of(change->type), header, change->revision, change->leader, count_, name_});
  }

 private:
  void take(Snapshot&& snapshot, Revision at) {
    queue_ = Queue(std::move(snapshot.candidates), at);
    count_ = static_cast<std::int64_t>(queue_.size());
  }

  bool report_present(const Header& header, Revision at, const std::optional<Candidate>& before) {
    if (const Candidate* leader = queue_.leader()) {
      return report_({Observation::Type::elected, header, leader->mod_revision, *leader, count_, name_});
    }
    return report_({Observation::Type::vacant, header, at, before.value_or(Candidate{}), 0, name_});
  }

  const std::string& name_;
  const Report& report_;
  Queue queue_;
  std::int64_t count_ = 0;  // As it was when the leader was elected.
};

class ElectionsListener : public RangeListener {
 public:
  ElectionsListener(const std::string& prefix, const Report& report)
      : prefix_(prefix), report_(report), elections_(prefix) {}

  bool begin(Snapshot&& snapshot, Revision at) override { return take(std::move(snapshot), at); }

  // An election that appeared and ended unseen leaves no trace. So there is always a gap.
  bool after_compaction(Snapshot&& snapshot, Revision at, Revision oldest) override {
    return report_({Observation::Type::gap, {}, oldest, {}, 0, prefix_}) && take(std::move(snapshot), at);
  }

  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    for (auto& [name, change, count] : elections_.apply(revision, events)) {
      if (!report_({type_of(change.type), header, change.revision, std::move(change.leader), count, std::move(name)})) {
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
      if (!report_({Observation::Type::vacant, snapshot.header, at, *queue.leader(), 0, name})) return false;
    }
    for (const auto& [name, queue] : elections_.all()) {
      const Candidate& leader = *queue.leader();
      const auto known = before.all().find(name);
      if (known != before.all().end() && *known->second.leader() == leader) continue;
      const auto count = static_cast<std::int64_t>(queue.size());
      if (!report_({Observation::Type::elected, snapshot.header, leader.mod_revision, leader, count, name}))
        return false;
    }
    return true;
  }

  const std::string& prefix_;
  const Report& report_;
  Elections elections_;
};

class QueueListener : public RangeListener {
 public:
  explicit QueueListener(const std::function<bool(const Header&, const Queue&)>& report) : report_(report) {}

  bool begin(Snapshot&& snapshot, Revision at) override {
    header_ = snapshot.header;
    queue_ = Queue(std::move(snapshot.candidates), at);
    return true;
  }
  bool after_compaction(Snapshot&& snapshot, Revision at, Revision) override { return begin(std::move(snapshot), at); }
  bool apply(const Header& header, Revision revision, std::span<const Event> events) override {
    header_ = header;
    header_.revision = revision;
    queue_.apply(revision, events);
    return true;
  }
  bool caught_up() override { return report_(header_, queue_); }

 private:
  const std::function<bool(const Header&, const Queue&)>& report_;
  Header header_;
  Queue queue_;
};

}  // namespace

Result<void> Election::observe(Revision from, const Report& report, const Until& until) const {
  ElectionListener listener(name_, report);
  return follow(Connection::of(*client_), keys_below(prefix_of(name_)), from, listener, until);
}

Result<void> Election::watch(const std::function<bool(const Header&, const Queue&)>& report, const Until& until) const {
  QueueListener listener(report);
  return follow(Connection::of(*client_), keys_below(prefix_of(name_)), 0, listener, until);
}

Result<Survey> survey(Client& client, const std::string& prefix, const Query& query, const Until& until) {
  auto snapshot = read_range(Connection::of(client), keys_below(prefix), query, until);
  if (!snapshot) return std::unexpected(snapshot.error());
  const Header header = snapshot->header;
  return Survey{header, Elections(prefix, snapshot->candidates, header.revision)};
}

Result<void> observe_all(Client& client, const std::string& prefix, Revision from, const Report& report,
                         const Until& until) {
  ElectionsListener listener(prefix, report);
  return follow(Connection::of(client), keys_below(prefix), from, listener, until);
}

}  // namespace elect
