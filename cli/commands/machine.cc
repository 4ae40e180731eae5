#include "commands/machine.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
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

// The addresses that belong to the hardware. A virtual interface has no device and is left out. So is an address that
// software chose: it may change.
std::vector<std::string> card_addresses() {
  std::vector<std::string> addresses;
  std::error_code error;
  std::filesystem::directory_iterator interface("/sys/class/net", error);
  for (; !error && interface != std::filesystem::directory_iterator(); interface.increment(error)) {
    std::error_code unknown;
    if (!std::filesystem::exists(interface->path() / "device", unknown)) continue;
    if (first_line_of(interface->path() / "addr_assign_type") != "0") continue;
    if (std::string address = first_line_of(interface->path() / "address"); !address.empty()) {
      addresses.push_back(std::move(address));
    }
  }
  std::ranges::sort(addresses);
  return addresses;
}

bool differ(const std::string& one, const std::string& other) { return !one.empty() && !other.empty() && one != other; }

// Whether the card's maker assigned the address. Other addresses have the bit of value 2 set in the first byte.
bool is_assigned_by_maker(const std::string& address) {
  constexpr std::string_view kDigitsWithoutIt = "014589cd";
  return address.size() > 1 && kDigitsWithoutIt.find(address[1]) != std::string_view::npos;
}

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
  std::vector<std::string> common_cards;
  std::ranges::copy_if(one.cards, std::back_inserter(common_cards), [&other](const std::string& card) {
    return std::ranges::find(other.cards, card) != other.cards.end();
  });
  const bool no_card_stayed = !one.cards.empty() && !other.cards.empty() && common_cards.empty();
  if (differ(one.id, other.id) || differ(one.board, other.board) || no_card_stayed) return false;
  return agree(one.board, other.board) || agree(one.boot, other.boot) ||
         std::ranges::any_of(common_cards, is_assigned_by_maker);
}

}  // namespace cli
