#include "wire/authorities.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "elect/text.h"
#include "wire/tls_diagnosis.h"

namespace elect {
namespace {

constexpr std::array kSystemFiles = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
    "/etc/ssl/cert.pem",                                  // Alpine
};
constexpr std::string_view kSystemFolders = "/etc/ssl/certs:/etc/pki/tls/certs";

// All certificates in the files of these folders. Colons separate the folders. Files without certificates are ignored.
std::string read_folders(std::string_view folders) {
  std::string all;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      // Debian's folder has a second name for each file, from its hash: a link to the file beside it.
      const bool second = entry->is_symlink(error) && !read_symlink(entry->path(), error).has_parent_path();
      if (!second && entry->is_regular_file(error)) files.push_back(entry->path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
      const auto content = read_file(file, "CA");
      if (content && check_authorities(file, *content)) all += *content + '\n';
    }
  }
  return all;
}

Result<std::string> read_bundle(const std::string& path) {
  auto content = read_file(path, "CA");
  if (!content) return content;
  if (auto some = check_authorities(path, *content); !some) return std::unexpected(some.error());
  return content;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (file) content << file.rdbuf();
  if (!file || !content) {
    return fail(Errc::system,
                fmt::format("cannot read the {} file '{}': {}", what, printable(path), std::strerror(errno)));
  }
  return std::move(content).str();
}

Result<std::string> read_authorities(const TlsOptions& options) {
  if (!options.ca_file.empty()) return read_bundle(options.ca_file);
  std::string file = options.system_ca_file;
  if (file.empty()) {
    const auto* const found =
        std::ranges::find_if(kSystemFiles, [](const char* path) { return std::filesystem::exists(path); });
    if (found != kSystemFiles.end()) file = *found;
  }
  std::string all;
  if (!file.empty()) {
    auto bundle = read_bundle(file);
    if (!bundle) return bundle;
    all = *std::move(bundle) + '\n';
  }
  if (!options.system_ca_folders.empty()) {
    all += read_folders(options.system_ca_folders);
  } else if (all.empty()) {
    all = read_folders(kSystemFolders);
  }
  if (all.empty()) {
    return fail(Errc::system,
                fmt::format("this system has no CA certificates in {}: install them (package ca-certificates)",
                            fmt::join(kSystemFiles, ", ")),
                {}, Remedy::ca_file);
  }
  return all;
}

}  // namespace elect
