#include "commands/session_file.h"

#include <absl/strings/escaping.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "commands/machine.h"
#include "elect/text.h"
#include "output.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMagic = "electctl_session";
constexpr int kVersion = 1;
constexpr std::size_t kLargest = std::size_t{16} << 20U;

std::unexpected<Failure> failure(const std::string& path, const std::string& why, int code = kError) {
  return std::unexpected(Failure(code, fmt::format("session file '{}' {}", elect::printable(path), why)));
}

std::unexpected<Failure> failed(const std::string& path, std::string_view what) {
  return failure(path, fmt::format("cannot be {}: {}", what, why_not_written(errno)));
}

// Distinguishes a file from its copy. Not every file system records the time of birth.
struct Identity {
  std::string inode;
  std::string born;

  bool operator==(const Identity&) const = default;
};

Identity identity_of(int descriptor) {
  struct statx status {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0) return {};
  Identity identity{.inode = std::to_string(status.stx_ino), .born = {}};
  if ((status.stx_mask & STATX_BTIME) != 0) {
    identity.born = fmt::format("{}.{:09}", status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
  }
  return identity;
}

// Names are in base64: they may be any bytes, and JSON only has text.
std::string encode(const SessionRecord& record, const Identity& file) {
  const Machine& machine = this_machine();
  const Json json = {
      {kMagic, kVersion},
      {"cluster", fmt::format("{:x}", record.cluster)},
      {"election_base64", absl::Base64Escape(record.election)},
      {"lease", elect::hex_of(record.lease)},
      {"key_base64", absl::Base64Escape(record.key)},
      {"create_revision", record.create_revision},
      {"ttl", record.ttl},
      {"waited", record.waited},
      {"file", {{"inode", file.inode}, {"born", file.born}}},
      {"machine", {{"id", machine.id}, {"board", machine.board}, {"cards", machine.cards}, {"boot", machine.boot}}}};
  return json.dump() + "\n";
}

std::string text_in(const Json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

SessionFile::Origin origin_of(const Json& json, const Identity& here) {
  const auto file = json.find("file");
  const auto written_on = json.find("machine");
  if (file == json.end() || written_on == json.end() || !written_on->is_object()) return SessionFile::Origin::unbound;
  Machine machine{.id = text_in(*written_on, "id"),
                  .board = text_in(*written_on, "board"),
                  .cards = {},
                  .boot = text_in(*written_on, "boot")};
  if (const auto cards = written_on->find("cards"); cards != written_on->end() && cards->is_array()) {
    for (const Json& card : *cards) {
      if (card.is_string()) machine.cards.push_back(card.get<std::string>());
    }
  }
  if (!is_same_machine(machine, this_machine())) return SessionFile::Origin::foreign;
  const Identity identity{.inode = text_in(*file, "inode"), .born = text_in(*file, "born")};
  return identity == here ? SessionFile::Origin::own : SessionFile::Origin::copy;
}

std::optional<SessionRecord> decode(const Json& json) {
  if (!json.is_object() || json.value(kMagic, Json()) != kVersion) return std::nullopt;
  SessionRecord record;
  const auto text_of = [&json](const char* name) { return text_in(json, name); };
  const auto number_of = [&json](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
  };
  const std::string cluster = text_of("cluster");
  const auto [end, error] = std::from_chars(cluster.data(), cluster.data() + cluster.size(), record.cluster, 16);
  const auto lease = elect::parse_lease(text_of("lease"));
  record.create_revision = number_of("create_revision");
  record.ttl = number_of("ttl");
  if (error != std::errc{} || end != cluster.data() + cluster.size() || !lease || record.create_revision < 0 ||
      record.ttl < 1 || !absl::Base64Unescape(text_of("election_base64"), &record.election) ||
      !absl::Base64Unescape(text_of("key_base64"), &record.key) || record.election.empty()) {
    return std::nullopt;
  }
  record.lease = *lease;
  const auto waited = json.find("waited");  // Missing in a file of version 0.1.0 or earlier.
  record.waited = waited != json.end() && waited->is_boolean() && waited->get<bool>();
  return record;
}

struct Loaded {
  std::optional<SessionRecord> record;
  SessionFile::Origin origin = SessionFile::Origin::own;
};

std::expected<Loaded, Failure> load(const std::string& path, int descriptor) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "read");
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargest)
      return failure(path, "was not written by electctl: name another file, or remove this one");
  }
  if (text.empty()) return Loaded{};
  const Json json = Json::parse(text, nullptr, false);
  auto record = decode(json);
  if (!record) return failure(path, "was not written by electctl: name another file, or remove this one");
  return Loaded{std::move(record), origin_of(json, identity_of(descriptor))};
}

// Resolves symbolic links. The target need not exist. store() replaces a file by its name. If it replaced the link, the
// session would exist in two files.
std::string resolve_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // The kernel's limit.
  std::filesystem::path file = path;
  for (int links = 0; links < kMostLinks; ++links) {
    std::error_code none;
    const auto target = std::filesystem::read_symlink(file, none);
    if (none) break;
    file = file.parent_path() / target;
  }
  return file.string();
}

bool is_still_at(const std::string& path, int descriptor) {
  struct stat opened {};
  struct stat there {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &there) == 0 && opened.st_ino == there.st_ino &&
         opened.st_dev == there.st_dev;
}

}  // namespace

std::expected<SessionFile, Failure> SessionFile::open(const std::string& name, int in_use_code) {
  const std::string path = resolve_links(name);
  for (;;) {
    constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int descriptor = ::open(path.c_str(), kFlags);
    const bool created = descriptor < 0 && errno == ENOENT;
    if (created) descriptor = ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
    // Another process created it between the two calls: try again. But a link to itself never becomes a file.
    if (descriptor < 0 && created && errno == EEXIST && !std::filesystem::is_symlink(path)) continue;
    if (descriptor < 0) return failed(path, "opened");
    SessionFile file(path, descriptor);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return failed(path, "read");
    if (!S_ISREG(status.st_mode)) return failure(path, "is not a regular file: name another file");
    // store() replaces a file by its name. The other name would keep the old file, so the session would exist twice.
    if (status.st_nlink > 1) return failure(path, "has another hard link: remove the link, or name another file");
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return failure(path, "is in use by another electctl", in_use_code);
      return failed(path, "locked");
    }
    // Another file has replaced it between open and flock: try again.
    if (!is_still_at(path, descriptor)) continue;
    file.created_ = created;
    auto loaded = load(path, descriptor);
    if (!loaded) return std::unexpected(loaded.error());
    file.record_ = std::move(loaded->record);
    file.origin_ = loaded->origin;
    return file;
  }
}

std::expected<SessionRecord, Failure> SessionFile::read(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return failed(path, "opened");
  auto loaded = load(path, descriptor);
  ::close(descriptor);
  if (!loaded) return std::unexpected(loaded.error());
  if (!loaded->record) return failure(path, "holds no session");
  if (loaded->origin == Origin::copy || loaded->origin == Origin::foreign) {
    return failure(path,
                   fmt::format("is a copy{}, so its session belongs to the original: choose the candidate with --key",
                               loaded->origin == Origin::foreign ? " from another machine" : ""));
  }
  return *std::move(loaded->record);
}

SessionFile::SessionFile(SessionFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      record_(std::move(other.record_)),
      origin_(other.origin_),
      created_(other.created_) {}

SessionFile::~SessionFile() {
  if (descriptor_ < 0) return;
  // Remove an unused file: it would look like one that was emptied. Nobody else uses it, because we hold the lock.
  if (created_ && !record_ && is_still_at(path_, descriptor_)) ::unlink(path_.c_str());
  ::close(descriptor_);
}

std::expected<void, Failure> SessionFile::store(const SessionRecord& record) {
  std::string fresh = path_ + ".XXXXXX";
  const int descriptor = ::mkostemp(fresh.data(), O_CLOEXEC);  // With mode 0600.
  if (descriptor < 0) return failed(path_, "written");
  // Lock it before others can open it.
  if (!write_all(descriptor, encode(record, identity_of(descriptor))) || ::fsync(descriptor) != 0 ||
      ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 || ::rename(fresh.c_str(), path_.c_str()) != 0) {
    auto error = failed(path_, "written");
    ::close(descriptor);
    ::unlink(fresh.c_str());
    return error;
  }
  ::close(std::exchange(descriptor_, descriptor));
  record_ = record;
  origin_ = Origin::own;
  return {};
}

}  // namespace cli
