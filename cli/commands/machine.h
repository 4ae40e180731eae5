// Which machine this is: what a session file is bound to.
//
// No one mark does for all. A cloned disk often keeps its machine ID, the mainboard's UUID is for root alone, a
// container sees no network card. So all that can be seen is compared.
#pragma once

#include <string>
#include <vector>

namespace cli {

struct Machine {
  std::string id;                  // /etc/machine-id.
  std::string board;               // The mainboard's (or the virtual machine's) UUID.
  std::vector<std::string> cards;  // The addresses of the network cards.
  std::string boot;                // The kernel's boot ID: another one after each boot.
};

// What this process can see; the rest is empty.
[[nodiscard]] const Machine& this_machine();

// Whether both are one machine. What is known of only one of them counts for nothing. No mark may differ; of several
// cards one in common is enough. And one mark in common has to be sure: the board, the boot, or a card whose address
// its maker gave it. The machine ID is copied with the disk, and hypervisors give the same address to many machines:
// with those alone in common they count as two.
[[nodiscard]] bool is_same_machine(const Machine& one, const Machine& other);

}  // namespace cli
