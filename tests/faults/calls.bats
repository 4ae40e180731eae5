#!/usr/bin/env bats
# Single calls that etcd refuses, does not answer, or answers too late. The matrix found these cases.
load proxied

setup_file() {
  start_cluster
  start_member accounts http --bcrypt-cost 4
  export ETCDCTL_ENDPOINTS
  local plain=$ETCDCTL_ENDPOINTS
  ETCDCTL_ENDPOINTS=$(url_of accounts)
  etcdctl user add root --new-user-password pw
  etcdctl user grant-role root root
  etcdctl auth enable
  ETCDCTL_ENDPOINTS=$plain
}

# Three endpoints instead of one. All of them lead to the same member.
three_endpoints() {
  end_started
  ETCDCTL_ENDPOINTS=$1,$1,$1
  rm "$BATS_TEST_TMPDIR/plan"
  start_callproxy
}
proxied() { electctl --endpoints "$address" --dial-timeout 1s --command-timeout 1s "$@"; }

@test "--once whose record is refused, or not answered for: CMD does not run, and no lease is left for a day" {
  for fault in "before status 8 etcdserver: mvcc: database space exceeded" "before silence" "after silence" \
    "after status 3 etcdserver: too many operations"; do
    plan "always Txn 2 1 $fault"
    before=$(lease_ids)
    run -1 --separate-stderr proxied campaign "$name" v --ttl 5s --once "$fault" -- echo ran
    [[ -z $output && $stderr == "Error: "* ]]
    no_lease_but "$before"
    [[ -z $(etcdctl get "electctl-once:$name" --prefix) ]]
    # So another candidate may run it.
    plan
    run -0 proxied campaign "$name" v --once "$fault" -- echo ran
    [[ $output == ran ]]
    etcdctl del "electctl-once:$name" --prefix
  done
}

@test "--once whose record's lease is granted and not answered for: that lease is revoked" {
  plan "always LeaseGrant 2 1 after silence"
  before=$(lease_ids)
  run -1 --separate-stderr proxied campaign "$name" v --ttl 5s --once id -- echo ran
  [[ -z $output && $stderr == "Error: etcd did not answer a request for a lease within "* ]]
  no_lease_but "$before"
}

@test "--once: a candidate that is gone when it is to record its run does not run CMD, and records nothing" {
  plan "once Txn 2 1 before hold 1500"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 60s --once id -- echo ran
  candidate=$!
  wait_for 10 grep -q "called Txn 2" "$calls"
  etcdctl del "$name/" --prefix
  ended "$candidate" 12
  [[ ! -s $BATS_TEST_TMPDIR/out ]]
  [[ -z $(etcdctl get "electctl-once:$name" --prefix) ]]
}

@test "--once whose end is refused, or not answered for: one line, CMD's exit code, and leadership is given up" {
  for fault in "before status 8 etcdserver: mvcc: database space exceeded" "before silence" "after silence"; do
    plan "always Txn 3 1 $fault"
    run -7 --separate-stderr proxied campaign "$name" v --ttl 60s --once "$fault" -- sh -c 'exit 7'
    [[ $stderr == "electctl: the end of run '$fault' (failed) was not recorded: "* && ${#stderr_lines[@]} == 1 ]]
    plan
    stands "$name" 0
    expected=abandoned
    [[ $fault != after* ]] || expected=failed  # etcd has made the change, although its answer was lost.
    [[ $(electctl inspect "$name" --runs --id "$fault" -w json | jq -r '.runs[0].state') == "$expected" ]]
  done
}

@test "--once whose claim or end is answered for at the second try only: recorded once" {
  for fault in "after cut" "before cut" "after status 14 etcdserver: leader changed"; do
    for txn in 2 3; do
      plan "once Txn $txn 1 $fault"
      run -0 --separate-stderr electctl --endpoints "$address" campaign "$name" v --once "$fault$txn" -- echo ran
      [[ $output == ran && -z $stderr ]]
      electctl inspect "$name" --runs --id "$fault$txn"
    done
  done
}

@test "--once whose end is not answered for after the lease was lost: recorded at the next try, after --command-timeout" {
  plan "once LeaseKeepAlive 1 1 before status 5 etcdserver: requested lease not found" "once Txn 3 1 before silence"
  run -12 --separate-stderr electctl --endpoints "$address" --command-timeout 1s campaign "$name" v --ttl 9s --once id -- sleep 60
  did "fault Txn 3"
  [[ ${#stderr_lines[@]} == 1 ]]
  state_is id ended
}

@test "--once whose end is not answered for after the key was deleted: recorded at the next try, after --command-timeout" {
  plan "once Txn 3 1 before silence"
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" v --ttl 9s --once id -- sleep 60
  wait_for 10 state_is id running
  electctl resign "$name" --leader
  ended "$!" 12
  did "fault Txn 3"
  state_is id ended
}

@test "--once: one refusal does not leave the end unrecorded, nor end the renewal of the record" {
  plan "once Txn 3 1 before status 12 unknown service etcdserverpb.KV"
  run -0 --separate-stderr electctl --endpoints "$address" campaign "$name" v --once a -- true
  did "fault Txn 3"
  [[ -z $stderr ]]
  state_is a "done"
  # Renewals of the session's lease come every 20 s.
  plan "once LeaseKeepAlive 1 1 before status 12 unknown service etcdserverpb.Lease"
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 60s --once b --once-keep 6s -- sleep 60
  wait_for 20 did "fault LeaseKeepAlive 1"
  wait_for 10 did "LeaseKeepAlive 2"
  kill "$!"
  ended "$!" 143
}

@test "--max-runtime: CMD's end that cannot be recorded keeps leadership for --command-timeout, not for the TTL" {
  plan "always Txn 3 1 before silence"
  run -124 timeout -s KILL 30 "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" v --ttl 600s --once id --max-runtime 200ms -- sleep 60
  [[ -z $(etcdctl get "$name/" --prefix) ]]
}

@test "--once: a loss is said before its end is recorded, and a signal ends the tries to record it" {
  plan "always Txn 3 1 before silence"
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" --endpoints "$address" --command-timeout 1s campaign "$name" v --ttl 600s --once id -- sleep 60
  wait_for 10 state_is id running
  electctl resign "$name" --leader
  wait_for 10 grep -q "leadership of '$name' lost" "$BATS_TEST_TMPDIR/run.err"
  kill -TERM "$!"
  ended "$!" 12
}

@test "leader -w json where the lease's time is not to be had: the leader, null, and why" {
  etcdctl put "$name/1" v --lease "$(grant 600)"
  plan "always LeaseTimeToLive 1 1 before status 2 something odd"
  run -0 --separate-stderr proxied leader "$name" -w json
  [[ $(jq -c '[.value, .ttl]' <<<"$output") == '["v",null]' ]]
  [[ $stderr == "electctl: the time left of lease "*" is not known: etcd refused a question about a lease: something odd (endpoint $address)" ]]
}

@test "observe goes on where a member is overloaded" {
  etcdctl put "$name/1" v
  plan "once Watch 1 1 before status 8 etcdserver: too many requests"
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" observe "$name" --until w
  wait_for 10 grep -q "answered Watch 2 1" "$calls"
  etcdctl put "$name/1" w
  ended "$!" 0
}

@test "an endpoint that cannot authenticate is left for another" {
  three_endpoints "$(url_of accounts)"
  for fault in "before status 13 transport is closing" "before status 12 unknown service" "before end" "before empty" \
    "after empty" "before status 8 etcdserver: too many requests" "before cut"; do
    plan "here Authenticate 1 1 $fault"
    run -10 --separate-stderr electctl --endpoints "$proxied" --user root:pw leader "$name"
    [[ -z $output$stderr ]]
    grep -q "answered Authenticate 2 1" <(tac "$calls" | sed '/^cleared/q')
  done
}

@test "inspect --history where no watch is to be had: exit 1 and why, not that etcd could not be reached" {
  etcdctl put "$name/1" v
  etcdctl put "$name/1" w
  plan "always Watch 1 1 before status 8 etcdserver: too many requests"
  run -1 --separate-stderr proxied inspect "$name" --history
  [[ -z $output && $stderr == "Error: etcd is overloaded (etcdserver: too many requests)"*"(endpoint $address)" ]]
}

@test "an endpoint that gives no watch, while it answers calls, is left for another within the time of one call" {
  etcdctl put "$name/1" v
  etcdctl put "$name/1" w
  etcdctl put "$name/1" x
  three_endpoints "$ETCDCTL_ENDPOINTS"
  for fault in "before silence" "before hold 6000" "before status 12 unknown service"; do
    plan "here Watch 1 1 $fault"
    run -0 --separate-stderr electctl --endpoints "$proxied" --command-timeout 4s inspect "$name" --history -w json
    [[ $(jq -c '[.terms[] | .value]' <<<"$output") == '["x"]' && -z $stderr ]]
  done
}

@test "a watch that is refused for want of an account, where none is given: exit 1, no endless asking" {
  etcdctl put "$name/1" v
  plan "always Watch 1 1 before status 16 etcdserver: invalid auth token"
  run -1 --separate-stderr proxied observe "$name" --until w --timeout 20s
  [[ $output == "$name/1"$'\n'v && $stderr == "Error: etcd demands a user name and password (etcdserver: invalid auth token)"* ]]
}

@test "an endpoint that says itself that the time is over is left for another" {
  etcdctl put "$name/1" v
  three_endpoints "$ETCDCTL_ENDPOINTS"
  for code in 4 2; do  # Some versions of etcd say so with the code UNKNOWN.
    plan "here Range 1 1 before status $code context deadline exceeded"
    run -0 --separate-stderr electctl --endpoints "$proxied" leader "$name" --print-value-only
    [[ $output == v && -z $stderr ]]
    grep -q "answered Range 2 1" <(tac "$calls" | sed '/^cleared/q')
  done
}

@test "an endpoint that cancels calls, watches and renewals is left for another" {
  three_endpoints "$ETCDCTL_ENDPOINTS"
  etcdctl put "$name/1" v
  plan "here Range 1 1 before status 1 context canceled"
  run -0 --separate-stderr electctl --endpoints "$proxied" leader "$name" --print-value-only
  [[ $output == v && -z $stderr ]]
  plan "here Watch 1 1 before status 1 context canceled"
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$proxied" observe "$name" --until w
  wait_for 10 did "answered Watch 2 1"
  etcdctl put "$name/1" w
  ended "$!" 0
  plan "here LeaseKeepAlive 1 1 before status 1 context canceled"
  run -0 --separate-stderr electctl --endpoints "$proxied" campaign "$name-holder" v --ttl 3s -- sleep 3
  did "fault LeaseKeepAlive 1"
}

@test "an endpoint that is no etcd is left also where the others cannot serve right now: they are asked again" {
  three_endpoints "$ETCDCTL_ENDPOINTS"
  etcdctl put "$name/1" v
  plan "once Range 1 1 before status 14 etcdserver: no leader" "once Range 2 1 before status 14 etcdserver: no leader" \
    "once Range 3 1 before status 12 unknown service"
  run -0 --separate-stderr electctl --endpoints "$proxied" leader "$name" --print-value-only
  [[ $output == v && -z $stderr ]]
}

@test "an endpoint that is no etcd ends nothing while the only etcd is down: it may come back" {
  etcdctl put "$name/1" v
  plan "always Range 1 1 before status 12 unknown service"
  # The proxy plays the first, and then, once the plan is over, the etcd that is back.
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address,127.0.0.1:1" --dial-timeout 60s --command-timeout 60s observe "$name" --until v
  wait_for 10 did "called Range 4"
  plan
  ended "$!" 0
}

@test "where no endpoint is an etcd that is said once each was asked" {
  three_endpoints "$ETCDCTL_ENDPOINTS"
  plan "always Range 1 1 before status 12 unknown service"
  run -1 --separate-stderr electctl --endpoints "$proxied" leader "$name"
  [[ $stderr == "Error: the server is not an etcd with the v3 API"* ]]
  did "called Range 3"
  run ! did "called Range 4"
}

@test "inspect --runs where each read is said to be overtaken by a compaction: exit 1 within the time of one call" {
  plan "always Range 1 1 before status 11 etcdserver: mvcc: required revision has been compacted"
  run -1 --separate-stderr timeout 10 "$ELECTCTL" --endpoints "$address" --command-timeout 1s inspect "$name" --runs
  [[ -z $output && $stderr == "Error: "*"compacted"* && ${#stderr_lines[@]} == 1 ]]
}
