// The file of a session that outlives the process.
//
// Its writes are atomic: a new file takes the old one's place. While a SessionFile is open, the file is locked (flock),
// and so is what takes its place, so that a second electctl with the same file is told so.
//
// A file is bound to itself (its inode and time of birth) and to its machine (see machine.h): a copy of it, on this
// machine or on another, is known as such. Nobody can tell a disk that was copied bit by bit from the original where
// machine ID, board and network cards were copied, too.
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
  elect::LeaseId lease = 0;  // Written before it is granted, so that no lease is ever there that no file names.
  std::string key;
  elect::Revision create_revision = 0;  // 0: it may not stand yet.
  std::int64_t ttl = 0;                 // In seconds.
  bool waited = false;                  // It has stood behind another, and has run no CMD since.

  bool operator==(const SessionRecord&) const = default;
};

class SessionFile {
 public:
  // Whose session a file holds.
  enum class Origin {
    own,      // This file's, on this machine.
    copy,     // Another file's: this one is a copy, or was restored from a backup.
    foreign,  // That of another machine.
    unbound,  // Not to be told: electctl 0.1.0 wrote it.
  };

  // Opens and locks it; makes one where there is none, which goes again unless something is stored. Fails with
  // `in_use_code` where another holds it, with exit code 1 where it cannot be read or is not such a file; it is then
  // left as it is.
  [[nodiscard]] static std::expected<SessionFile, Failure> open(const std::string& name, int in_use_code);

  // Reads it without the lock, for those who do not change it. A copy, or one of another machine, is refused.
  [[nodiscard]] static std::expected<SessionRecord, Failure> read(const std::string& path);

  SessionFile(SessionFile&& other) noexcept;
  SessionFile& operator=(SessionFile&&) = delete;
  ~SessionFile();

  // What it holds; nothing: no session yet.
  [[nodiscard]] const std::optional<SessionRecord>& record() const { return record_; }

  // Whose record() is.
  [[nodiscard]] Origin origin() const { return origin_; }

  // Whether the file was there and held nothing: somebody has emptied it.
  [[nodiscard]] bool emptied() const { return !made_ && !record_; }

  [[nodiscard]] std::expected<void, Failure> store(const SessionRecord& record);

  // Whoever keeps it open, too, keeps the lock. Until the next store().
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  SessionFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::optional<SessionRecord> record_;
  Origin origin_ = Origin::own;
  bool made_ = false;  // By open().
};

}  // namespace cli
