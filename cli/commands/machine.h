// Identifies the machine, so that a session file can be bound to it.
//
// No single mark is enough. A cloned disk often keeps its machine ID. Only root can read the mainboard's UUID. A
// container sees no network card. So all marks that can be read are compared.
#pragma once

#include <string>
#include <vector>

namespace cli {

struct Machine {
  std::string id;                  // /etc/machine-id.
  std::string board;               // The mainboard's (or the virtual machine's) UUID.
  std::vector<std::string> cards;  // The addresses of the network cards.
  std::string boot;                // The kernel's boot ID. It changes with each boot.
};

// The marks that this process can read. The others are empty.
[[nodiscard]] const Machine& this_machine();

// Whether both are the same machine. A mark that only one of them has is ignored. No mark may differ; of several cards,
// one in common is enough. And at least one reliable mark must be equal: the board, the boot, or a card whose address
// its maker assigned. The machine ID is not reliable, because it is copied with the disk. Other card addresses are not,
// because hypervisors give the same one to many machines.
[[nodiscard]] bool is_same_machine(const Machine& one, const Machine& other);

}  // namespace cli
