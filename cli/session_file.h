// The file of a session that outlives the process.
//
// Its writes are atomic: a new file takes the old one's place. While a SessionFile is open, the file is locked (flock),
// and so is what takes its place, so that a second electctl with the same file is told so.
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
  // Opens and locks it; makes an empty one where there is none. Fails with `in_use_code` where another holds it, with
  // exit code 1 where it cannot be read or is not such a file; it is then left as it is.
  [[nodiscard]] static std::expected<SessionFile, Failure> open(const std::string& path, int in_use_code);

  // Reads it without the lock, for those who do not change it.
  [[nodiscard]] static std::expected<SessionRecord, Failure> read(const std::string& path);

  SessionFile(SessionFile&& other) noexcept;
  SessionFile& operator=(SessionFile&&) = delete;
  ~SessionFile();

  // What it holds; nothing: no session yet.
  [[nodiscard]] const std::optional<SessionRecord>& record() const { return record_; }

  [[nodiscard]] std::expected<void, Failure> store(const SessionRecord& record);

  // Whoever keeps it open, too, keeps the lock. Until the next store().
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  SessionFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::optional<SessionRecord> record_;
};

}  // namespace cli
