// The file of a session that outlives the process.
//
// Writes are atomic: a new file replaces the old one. While a SessionFile is open, the file is locked (flock). The file
// that replaces it is locked, too. So a second electctl notices that the file is in use.
//
// A file records its inode, its time of birth, and its machine (see machine.h). So a copy is recognized, on this
// machine or on another. One case cannot be recognized: a disk that was copied bit by bit, together with machine ID,
// board and network cards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "elect/names.h"
#include "exit_code.h"

namespace cli {

struct SessionRecord {
  std::uint64_t cluster = 0;  // etcd's cluster ID.
  std::string election;
  elect::LeaseId lease = 0;  // Stored before it is granted, so that a file names each lease.
  std::string key;
  elect::Revision create_revision = 0;  // 0: not known yet; it may or may not stand.
  std::int64_t ttl = 0;                 // In seconds.
  bool waited = false;                  // It has waited behind another, and has not run CMD since.

  bool operator==(const SessionRecord&) const = default;
};

class SessionFile {
 public:
  // Whose session a file holds.
  enum class Origin {
    own,      // This file's, on this machine.
    copy,     // Another file's: this one is a copy, or was restored from a backup.
    foreign,  // Another machine's.
    unbound,  // Not known: electctl 0.1.0 wrote it.
  };

  // Opens and locks the file. Creates it if there is none, and removes it again if nothing is stored. Fails with
  // `in_use_code` if another process holds the lock. Fails with exit code 1 if the file cannot be read or is not a
  // session file; it is then left unchanged.
  [[nodiscard]] static std::expected<SessionFile, Failure> open(const std::string& name, int in_use_code);

  // Reads the file without a lock, for callers that do not change it. Refuses a copy, and a file of another machine.
  [[nodiscard]] static std::expected<SessionRecord, Failure> read(const std::string& path);

  SessionFile(SessionFile&& other) noexcept;
  SessionFile& operator=(SessionFile&&) = delete;
  ~SessionFile();

  // The content; nullopt: no session yet.
  [[nodiscard]] const std::optional<SessionRecord>& record() const { return record_; }

  // Whose session record() is.
  [[nodiscard]] Origin origin() const { return origin_; }

  // Whether the file existed and was empty: somebody has emptied it.
  [[nodiscard]] bool emptied() const { return !created_ && !record_; }

  [[nodiscard]] std::expected<void, Failure> store(const SessionRecord& record);

  // A process that inherits the descriptor keeps the lock as well. Valid until the next store().
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  SessionFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::optional<SessionRecord> record_;
  Origin origin_ = Origin::own;
  bool created_ = false;  // open() created the file.
};

}  // namespace cli
