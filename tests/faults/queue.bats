#!/usr/bin/env bats
# A candidate notices what happened to its key and to the one in front, even if its watch reached etcd late.
load proxied

# campaign_unwatched: starts a candidate, $candidate, whose watch reaches etcd only after a while.
campaign_unwatched() {
  plan "once Watch 1 1 before hold 3000"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 60s
  candidate=$!
  wait_for 10 did "called Watch 1"
}
# compact: compacts the store, so that no watch can start at an earlier revision.
compact() { etcdctl compaction "$(etcdctl put foreign x -w json | jq .header.revision)"; }

@test "a leader whose key was deleted before its watch began learns of it" {
  campaign_unwatched
  etcdctl del "$name/" --prefix
  ended "$candidate" 12
}

@test "a leader whose key was deleted before its watch began, and the store compacted, learns of it" {
  campaign_unwatched
  etcdctl del "$name/" --prefix
  compact
  ended "$candidate" 12
}

@test "a candidate whose turn came before its watch began, and the store was compacted, is elected" {
  etcdctl put "$name/1" first
  campaign_unwatched
  etcdctl del "$name/1"
  compact
  wait_for 10 grep -qx v "$BATS_TEST_TMPDIR/out"
}

@test "a candidate whose key was deleted with the one in front, unseen, is never told that it is elected" {
  etcdctl put "$name/1" first
  campaign_unwatched
  etcdctl del "$name/" --prefix
  compact
  ended "$candidate" 12
  [[ ! -s $BATS_TEST_TMPDIR/out ]]
}
