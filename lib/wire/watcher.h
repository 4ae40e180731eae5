// One watch stream and the watches on it, with a thread that reads it.
//
// A stream ends when the server ends it, when the connection moves on from its endpoint, or when the Watcher is
// destroyed; next() then says so and the caller opens another one, at the revision after the last that it has seen.
// A watch that is refused ends it, too, as something that passes: the token may have gone stale, which etcd words as a
// lack of permission. So a call for the same keys goes before the next stream; that one says clearly what it is.
//
// Only next() waits: neither a connection that is not made yet nor a server that takes nothing holds up the caller.
// A caller that is slow does not fill the memory: while more than kMostWaiting bytes wait for it, nothing more is read,
// and the rest waits at the server.
// One thread at a time, but for the reading thread that is its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "elect/clock.h"
#include "elect/error.h"
#include "elect/store.h"
#include "wire/connection.h"

namespace elect {

inline constexpr std::chrono::milliseconds kPauseBeforeReopening{100};

class Watcher {
 public:
  static constexpr std::size_t kMostWaiting = 4U << 20U;

  // Opens a stream on the present endpoint. Ends early, with an error, where none can be had.
  [[nodiscard]] static Result<std::unique_ptr<Watcher>> open(Connection& connection, const Until& until);
  ~Watcher();

  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // What to watch: one key, or with `range_end` a range.
  struct Target {
    std::string key;
    std::string range_end;
    Revision from = 0;  // The first revision to tell of.
    bool only_removals = false;
  };

  // Adds a watch under an ID of the caller's, over 0. The server takes it up in its own time: its events begin at
  // `from` all the same. Where the stream has ended, next() says why.
  void add(std::int64_t id, const Target& target);
  void cancel(std::int64_t id);

  // Asks how far the watches are: next() tells of a Progress once all of them are there. Nothing comes of it where the
  // server's answer says nothing: before 3.4.25 and 3.5.8 etcd answers with its own revision, wherever the watches are.
  void ask_for_progress();
  // Nothing: no watch was taken up yet.
  [[nodiscard]] std::optional<bool> tells_progress() const;

  // Ends the stream without waiting for that: the destructor does.
  void leave();

  // All events of one or more whole revisions of one watch, in order.
  struct Batch {
    std::int64_t id = 0;
    Header header;
    std::vector<Event> events;
  };
  struct Compacted {  // A watch began at a revision that is no longer in the store; the stream is of no more use.
    std::int64_t id = 0;
    Revision oldest = 0;  // The oldest revision to be had.
  };
  struct Progress {  // Every event up to that revision has been told.
    Revision revision = 0;
  };
  struct Late {};  // Nothing came by the deadline.
  using Next = std::variant<Batch, Compacted, Progress, Late>;

  // Waits for the next batch. An error: Errc::interrupted, or why the stream has ended. A stream on which the server
  // takes up no watch within --command-timeout has ended, too.
  [[nodiscard]] Result<Next> next(const Until& until);

  // Whether the server has taken up a watch on this stream.
  [[nodiscard]] bool answered() const { return answered_; }

 private:
  using Stream = grpc::ClientAsyncReaderWriter<etcdserverpb::WatchRequest, etcdserverpb::WatchResponse>;
  enum class Step : std::intptr_t { started = 1, wrote, read, finished };
  static void* tag(Step step) { return reinterpret_cast<void*>(step); }  // NOLINT(performance-no-int-to-ptr)

  Watcher(Connection& connection, std::shared_ptr<Link> link);
  void run();
  void taken(Step step, bool ok);
  void send(etcdserverpb::WatchRequest&& request);
  [[nodiscard]] bool is_cancelled(std::int64_t id);
  void write_next();  // With mutex_ held.
  void read_next();   // With mutex_ held.
  void end();
  void deliver(Result<Next> item);
  void take(etcdserverpb::WatchResponse&& response);

  Connection& connection_;
  std::shared_ptr<Link> link_;
  Connection::Token token_;
  const BootTime taken_up_by_;
  grpc::ClientContext context_;
  grpc::CompletionQueue steps_;
  std::unique_ptr<Stream> stream_;
  // The reading thread's.
  etcdserverpb::WatchResponse response_;
  grpc::Status status_;
  std::map<std::int64_t, Batch> unfinished_;  // Fragments of a batch, by watch.

  std::mutex mutex_;  // Guards what follows, and the beginning of each step.
  std::condition_variable_any arrived_;
  std::deque<Result<Next>> items_;  // An error is the last one, and stays.
  std::size_t waiting_ = 0;         // The bytes of their keys and values.
  std::deque<etcdserverpb::WatchRequest> unsent_;
  std::set<std::int64_t> cancelled_;  // By us.
  bool writing_ = true;               // The stream's start is under way, or a write.
  bool reading_ = true;               // Likewise.
  bool ending_ = false;               // No further step but the last.
  bool leaving_ = false;              // We end it ourselves.
  std::atomic<bool> answered_ = false;
  std::atomic<bool> answers_blindly_ = false;  // It told of progress when there was no watch yet.
  std::jthread reader_;
};

}  // namespace elect
