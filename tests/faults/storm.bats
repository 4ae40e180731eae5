#!/usr/bin/env bats
# A short run of tests/faults/storm. For a long one, run it by hand with --seconds 60 and other seeds.

setup() { storm=$BATS_TEST_DIRNAME/storm; }

@test "under faults of all kinds no two commands run at once, and tokens only grow" {
  "$storm" --seconds 20 --seed 7 3>&-
}

@test "guards killed and stopped, alone and with their electctl: no two commands at once, nor what they left" {
  "$storm" --seconds 25 --seed 2 --only "kill-guard stop-guard kill-both stop-both kill-contender stop-contender" 3>&-
}

@test "after revocations and deletions commands overlap by less than 100 ms" {
  "$storm" --seconds 8 --seed 5 --only "revoke delete" 3>&-
}

@test "the checker finds the overlaps of etcdctl lock: killed clients leave their commands running" {
  run "$storm" --seconds 8 --seed 3 --only kill-contender --peer 3>&-
  ((status == 1))
  [[ $output == *"overlap of "* ]]
}
