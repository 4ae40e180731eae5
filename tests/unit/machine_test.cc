#include "commands/machine.h"

#include <doctest/doctest.h>

using cli::is_same_machine;
using cli::Machine;

namespace {
const Machine kHere{.id = "id", .board = "board", .cards = {"00:aa", "00:bb"}, .boot = "boot"};

Machine with(void (*change)(Machine&)) {
  Machine machine = kHere;
  change(machine);
  return machine;
}
}  // namespace

TEST_CASE("a machine is itself after a reboot, a change of one card, and seen by a user who may not see the board") {
  CHECK(is_same_machine(kHere, kHere));
  CHECK(is_same_machine(kHere, with([](Machine& machine) { machine.boot = "next"; })));
  CHECK(is_same_machine(kHere, with([](Machine& machine) {
                          machine.cards = {"00:bb", "00:cc"};
                          machine.boot = "next";
                        })));
  CHECK(is_same_machine(kHere, with([](Machine& machine) {
                          machine.board = "";
                          machine.boot = "next";
                        })));
}

TEST_CASE("each mark of another machine is enough") {
  CHECK_FALSE(is_same_machine(kHere, with([](Machine& machine) { machine.id = "other"; })));
  CHECK_FALSE(is_same_machine(kHere, with([](Machine& machine) { machine.board = "other"; })));
  CHECK_FALSE(is_same_machine(kHere, with([](Machine& machine) { machine.cards = {"00:cc"}; })));
}

TEST_CASE("an address that a hypervisor gave to a card is no sure mark: many machines may have it") {
  const Machine before{.id = "id", .board = "", .cards = {"02:fc:00:00:00:01"}, .boot = "boot"};
  Machine now = before;
  CHECK(is_same_machine(before, now));
  now.boot = "next";
  CHECK_FALSE(is_same_machine(before, now));
}

TEST_CASE("a machine ID alone is copied with the disk: without board and card, the boot has to be the same") {
  const Machine before{.id = "id", .board = "", .cards = {}, .boot = "boot"};
  Machine now = before;
  CHECK(is_same_machine(before, now));
  now.boot = "next";
  CHECK_FALSE(is_same_machine(before, now));
  CHECK_FALSE(is_same_machine({}, {}));
}
