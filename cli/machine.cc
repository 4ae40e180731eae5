#include "machine.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cli {
namespace {

std::string first_line_of(const std::filesystem::path& file) {
  std::ifstream input(file);
  std::string line;
  std::getline(input, line);
  return line;
}

std::string machine_id() {
  std::string id = first_line_of("/etc/machine-id");
  return id == "uninitialized" ? "" : id;
}

// Virtual interfaces have no device behind them.
std::vector<std::string> card_addresses() {
  std::vector<std::string> addresses;
  std::error_code error;
  std::filesystem::directory_iterator interface("/sys/class/net", error);
  for (; !error && interface != std::filesystem::directory_iterator(); interface.increment(error)) {
    std::error_code unknown;
    if (!std::filesystem::exists(interface->path() / "device", unknown)) continue;
    if (std::string address = first_line_of(interface->path() / "address"); !address.empty()) {
      addresses.push_back(std::move(address));
    }
  }
  std::ranges::sort(addresses);
  return addresses;
}

bool differ(const std::string& one, const std::string& other) { return !one.empty() && !other.empty() && one != other; }

bool agree(const std::string& one, const std::string& other) { return !one.empty() && one == other; }

}  // namespace

const Machine& this_machine() {
  static const Machine machine{.id = machine_id(),
                               .board = first_line_of("/sys/class/dmi/id/product_uuid"),
                               .cards = card_addresses(),
                               .boot = first_line_of("/proc/sys/kernel/random/boot_id")};
  return machine;
}

bool is_same_machine(const Machine& one, const Machine& other) {
  const bool common_card = std::ranges::find_first_of(one.cards, other.cards) != one.cards.end();
  const bool no_card_stayed = !one.cards.empty() && !other.cards.empty() && !common_card;
  if (differ(one.id, other.id) || differ(one.board, other.board) || no_card_stayed) return false;
  return agree(one.board, other.board) || common_card || agree(one.boot, other.boot);
}

}  // namespace cli
