#!/usr/bin/env bats
# However a candidate ends: its lease is revoked, or its key deleted, also where single calls are not answered.
load ../cli/cluster
load callproxy

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  start_callproxy
}
teardown() { end_started; }

# candidate OPTION...: in the background, until it leads. Its process ID is $candidate, its messages are in $said.
candidate() {
  said=$BATS_TEST_TMPDIR/leader.err
  start "$BATS_TEST_TMPDIR/leader" "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" v "$@"
  candidate=$!
  wait_for 10 grep -q . "$BATS_TEST_TMPDIR/leader"
}
none_is_left() { [[ -z $(etcdctl get "$name/" --prefix) && $(leases) == "$1" ]]; }
leases() { etcdctl lease list | grep -c '^[0-9a-f]*$' || true; }

@test "--lease: etcd is silent for longer than --command-timeout while it withdraws: the key is deleted all the same" {
  lease=$(grant 600)
  before=$(leases)
  candidate --lease "$lease"
  plan "always Txn 1 1 before silence"
  kill -TERM "$candidate"
  wait_for 10 did "fault Txn 2"
  plan
  ended "$candidate" 0
  none_is_left "$before"
  [[ ! -s $said ]]
}

@test "a revocation that is not answered is tried again after --command-timeout" {
  before=$(leases)
  candidate --ttl 600s
  plan "once LeaseRevoke 1 1 before silence"
  kill -TERM "$candidate"
  ended "$candidate" 0
  none_is_left "$before"
  [[ ! -s $said ]]
}
