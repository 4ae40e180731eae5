#!/usr/bin/env bats
# A short run of tests/faults/survivors: all kinds of processes under one CMD. By hand, --all tries each in its own run.

setup() { survivors=$BATS_TEST_DIRNAME/survivors; }

@test "nothing that CMD started lives on when another leads, whoever is killed or stopped" {
  ((EUID == 0)) || skip "runs programs as several users"
  "$survivors" --jobs 12 3>&-
}
