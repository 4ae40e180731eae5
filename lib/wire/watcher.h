// One watch stream and the watches on it, with a thread that reads it.
//
// A stream ends when the server ends it, when the connection leaves its endpoint, or when the Watcher is destroyed.
// next() then returns an error. The caller opens a new stream, which starts at the revision after the last one seen.
//
// A refused watch ends the stream with a retryable error. The token may be stale, and etcd reports that as a missing
// permission. So callers make a call for the same keys before they open the next stream: its error is exact.
//
// Only open(), next() and the destructor block. add(), cancel() and request_stop() never wait for the network.
// A slow caller does not fill the memory: while more than kMaxUnread bytes wait for next(), the stream is not read.
// Not thread-safe. It owns one thread, which reads the stream.
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
  static constexpr std::size_t kMaxUnread = 4U << 20U;

  // Opens a stream on the current endpoint. Waits for a connection and a token only, for as long as `until` allows.
  [[nodiscard]] static Result<std::unique_ptr<Watcher>> open(Connection& connection, const Until& until);
  ~Watcher();

  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // What to watch: one key, or with `range_end` a range.
  struct Target {
    std::string key;
    std::string range_end;
    Revision from = 0;  // The first revision whose events are wanted.
    bool only_removals = false;
  };

  // Requests a watch. The caller chooses `id`; it is above 0. Returns before the server has created the watch; no event
  // from `from` on is missed. If the stream has ended, next() says why.
  void add(std::int64_t id, const Target& target);
  void cancel(std::int64_t id);

  // Asks the server up to which revision all watches are complete. next() then answers with a Progress.
  // Does nothing with servers before 3.4.25 and 3.5.8: they answer with their own revision, even if events are missing.
  void ask_for_progress();
  // Whether the server's progress can be trusted. nullopt: not known before the first watch is created.
  [[nodiscard]] std::optional<bool> progress_is_trusted() const;

  // Starts to end the stream and returns at once. The destructor waits for the end.
  void request_stop();

  // All events of one or more whole revisions of one watch, in order.
  struct Batch {
    std::int64_t id = 0;
    Header header;
    std::vector<Event> events;
  };
  struct Compacted {  // The watch started at a revision that was compacted. Open a new stream.
    std::int64_t id = 0;
    Revision oldest = 0;  // The oldest revision in the store.
  };
  struct Progress {  // next() has returned every event up to this revision.
    Revision revision = 0;
  };
  struct Late {};  // Nothing came by the deadline.
  using Next = std::variant<Batch, Compacted, Progress, Late>;

  // Waits for the next item. Errors: Errc::interrupted, or why the stream ended. A stream also counts as ended if the
  // server creates no watch within Connection::longest_silence().
  [[nodiscard]] Result<Next> next(const Until& until);

  // Whether the server has created a watch on this stream.
  [[nodiscard]] bool watch_created() const { return watch_created_; }

 private:
  using Stream = grpc::ClientAsyncReaderWriter<etcdserverpb::WatchRequest, etcdserverpb::WatchResponse>;
  enum class Step : std::intptr_t { started = 1, wrote, read, finished };
  static void* tag(Step step) { return reinterpret_cast<void*>(step); }  // NOLINT(performance-no-int-to-ptr)

  Watcher(Connection& connection, std::shared_ptr<Link> link);
  void run();
  void on_step(Step step, bool ok);
  void send(etcdserverpb::WatchRequest&& request);
  [[nodiscard]] bool is_cancelled(std::int64_t id);
  void write_next();  // With mutex_ held.
  void read_next();   // With mutex_ held.
  void on_finished();
  void deliver(Result<Next> item);
  void on_response(etcdserverpb::WatchResponse&& response);

  Connection& connection_;
  std::shared_ptr<Link> link_;
  Connection::AuthToken auth_token_;
  const BootTime creation_deadline_;
  grpc::ClientContext context_;
  grpc::CompletionQueue completions_;
  std::unique_ptr<Stream> stream_;
  // Used by the reading thread only.
  etcdserverpb::WatchResponse response_;
  grpc::Status status_;
  std::map<std::int64_t, Batch> unfinished_;  // Fragments of a batch, by watch.

  std::mutex mutex_;  // Guards the fields below, and is held when a step starts.
  std::condition_variable_any item_arrived_;
  std::deque<Result<Next>> items_;  // An error is the last item. It is never removed.
  std::size_t unread_bytes_ = 0;
  std::deque<etcdserverpb::WatchRequest> unsent_;
  std::set<std::int64_t> cancelled_;  // Watches that cancel() was called for.
  bool writing_ = true;               // A write, or the start of the stream, is in progress.
  bool reading_ = true;               // A read, or the start of the stream, is in progress.
  bool ending_ = false;               // Finish was called: no other step may start.
  bool stop_requested_ = false;       // request_stop() was called.
  std::atomic<bool> watch_created_ = false;
  std::atomic<bool> progress_untrusted_ = false;  // It reported progress before any watch existed: not to be trusted.
  std::jthread reader_;
};

}  // namespace elect
