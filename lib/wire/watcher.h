// One watch stream and the watches on it, with a thread that reads it.
//
// A stream ends when the server ends it, when the connection moves on from its endpoint, or when the Watcher is
// destroyed; next() then says so and the caller opens another one, at the revision after the last that it has seen.
// A watch that is refused ends it, too, as something that passes: the token may have gone stale, which etcd words as a
// lack of permission. So a call for the same keys goes before the next stream; that one says clearly what it is.
// One thread at a time, but for the reading thread that is its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "elect/candidates.h"
#include "elect/client.h"
#include "wire/connection.h"

namespace elect {

inline constexpr std::chrono::milliseconds kPauseBeforeReopening{100};

class Watcher {
 public:
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

  // Adds a watch under an ID of the caller's. The server takes it up in its own time: its events begin at `from` all
  // the same. Where the stream has ended, next() says why.
  void add(std::int64_t id, const Target& target);
  void cancel(std::int64_t id);

  // Ends the stream without waiting for that: the destructor does.
  void leave() { context_.TryCancel(); }

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
  struct Late {};  // Nothing came by the deadline.
  using Next = std::variant<Batch, Compacted, Late>;

  // Waits for the next batch. An error: Errc::interrupted, or why the stream has ended.
  [[nodiscard]] Result<Next> next(const Until& until);

  // Whether the server has taken up a watch on this stream.
  [[nodiscard]] bool answered() const { return answered_; }

 private:
  using Stream = grpc::ClientReaderWriter<etcdserverpb::WatchRequest, etcdserverpb::WatchResponse>;

  Watcher(Connection& connection, std::shared_ptr<Link> link) : connection_(connection), link_(std::move(link)) {}
  void read();
  void deliver(Result<Next> item);
  void take(etcdserverpb::WatchResponse&& response);

  Connection& connection_;
  std::shared_ptr<Link> link_;
  Connection::Token token_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  std::map<std::int64_t, Batch> unfinished_;  // Fragments of a batch, by watch. The reading thread's.

  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Result<Next>> items_;  // Guarded by mutex_. An error is the last one, and stays.
  std::atomic<bool> answered_ = false;
  std::jthread reader_;
};

}  // namespace elect
