#!/usr/bin/env bats
# However a candidate ends: its lease is revoked, or its key deleted, also where single calls are not answered. With
# --rejoin it stands again, also where single calls of that are not answered.
load proxied

# candidate OPTION...: in the background, until it leads. Its process ID is $candidate, its messages are in $said.
candidate() {
  said=$BATS_TEST_TMPDIR/leader.err
  start "$BATS_TEST_TMPDIR/leader" "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" v "$@"
  candidate=$!
  wait_for 10 grep -q . "$BATS_TEST_TMPDIR/leader"
}
none_is_left() { [[ -z $(etcdctl get "$name/" --prefix) ]] && no_lease_but "$1"; }

@test "--lease: etcd is silent for longer than --command-timeout while it withdraws: the key is deleted all the same" {
  lease=$(grant 600)
  before=$(lease_ids)
  candidate --lease "$lease"
  plan "always Txn 1 1 before silence"
  kill -TERM "$candidate"
  wait_for 10 did "fault Txn 2"
  plan
  ended "$candidate" 0
  none_is_left "$before"
  [[ ! -s $said ]]
}

@test "--lease: one refusal while it withdraws is no reason to leave the key" {
  before=$(lease_ids)
  candidate --lease "$(grant 60)"
  plan "once Txn 1 1 before status 12 unknown service etcdserverpb.KV"
  kill -TERM "$candidate"
  ended "$candidate" 0
  did "fault Txn 1"
  [[ -z $(etcdctl get "$name/" --prefix) && ! -s $said ]]
}

@test "--lease: while it withdraws it renews no more: the key goes with the lease where etcd answers nothing else" {
  before=$(lease_ids)
  candidate --lease "$(grant 6)"
  plan "always Txn 1 1 before silence"
  kill -TERM "$candidate"
  wait_for 10 did "fault Txn 1"
  renewals=$(grep -c "called LeaseKeepAlive" "$calls")
  ended "$candidate" 0
  [[ $(grep -c "called LeaseKeepAlive" "$calls") == "$renewals" ]]
  wait_for 10 none_is_left "$before"
}

@test "a revocation that is not answered is tried again after --command-timeout" {
  before=$(lease_ids)
  candidate --ttl 600s
  plan "once LeaseRevoke 1 1 before silence"
  kill -TERM "$candidate"
  ended "$candidate" 0
  none_is_left "$before"
  [[ ! -s $said ]]
}

@test "etcd says wrongly that the lease is gone: leadership is lost, and no key is left" {
  before=$(lease_ids)
  plan "always LeaseKeepAlive 1 1 before status 5 etcdserver: requested lease not found"
  run -12 --separate-stderr electctl --endpoints "$address" campaign "$name" v --ttl 6s -- sleep 60
  [[ -z $output && $stderr == "Error: leadership of '$name' lost: lease "*" was revoked or has expired; CMD was ended" ]]
  none_is_left "$before"
  # The same under somebody else's lease, who may keep it alive.
  plan "once LeaseKeepAlive 2 1 before status 5 etcdserver: requested lease not found"
  run -12 --separate-stderr electctl --endpoints "$address" campaign "$name" v --lease "$(grant 6)" -- sleep 60
  [[ -z $output && -z $(etcdctl get "$name/" --prefix) ]]
}

@test "a grant whose answer is lost, then SIGINT: no lease is left" {
  before=$(lease_ids)
  plan "always LeaseGrant 1 1 after silence"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 1h
  candidate=$!
  wait_for 10 did "fault LeaseGrant 1"
  kill -INT "$candidate"
  ended "$candidate" 130
  none_is_left "$before"
  [[ ! -s $BATS_TEST_TMPDIR/out && ! -s $BATS_TEST_TMPDIR/out.err ]]
}

@test "a grant that is never answered for: exit 1, and no lease is left" {
  before=$(lease_ids)
  plan "always LeaseGrant 1 1 after silence"
  run -1 --separate-stderr electctl --endpoints "$address" --command-timeout 1s campaign "$name" v --ttl 1h
  [[ -z $output && $stderr == "Error: etcd did not answer a request for a lease within 1s"* ]]
  none_is_left "$before"
}

@test "--rejoin: it stands again although a call of standing again is not answered" {
  for call in LeaseGrant Txn; do
    start "$BATS_TEST_TMPDIR/$call" "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" "$call" --rejoin \
      -- sh -c 'env | grep -c ^ELECTCTL_STANDS_AGAIN; echo ran; exec sleep 1000'
    wait_for 10 leads "$name" "$call"
    plan "once $call 1 1 before silence"
    electctl resign "$name" --leader
    wait_for 20 did "fault $call"
    wait_for 20 eval '(($(grep -c ^ran "$BATS_TEST_TMPDIR/$call") == 2))'
    [[ $(grep -v ran "$BATS_TEST_TMPDIR/$call") == $'0\n0' ]]
    [[ $(grep -c '; standing again$' "$BATS_TEST_TMPDIR/$call.err") == 2 ]]
    kill -TERM "${started[-1]}"
    plan
    wait_for 10 not_running "${started[-1]}"
  done
}
