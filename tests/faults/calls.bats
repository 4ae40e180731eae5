#!/usr/bin/env bats
# Single calls that etcd refuses, does not answer, or answers too late. What the matrix found, each for itself.
load ../cli/cluster
load callproxy

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  start_callproxy
}
teardown() { end_started; }

proxied() { electctl --endpoints "$address" --dial-timeout 1s --command-timeout 1s "$@"; }
leases() { etcdctl lease list | grep -c '^[0-9a-f]*$' || true; }

@test "--once whose record is refused, or not answered for: CMD does not run, and no lease is left for a day" {
  for fault in "before status 8 etcdserver: mvcc: database space exceeded" "before silence" "after silence" \
    "after status 3 etcdserver: too many operations"; do
    plan "always Txn 2 1 $fault"
    before=$(leases)
    run -1 --separate-stderr proxied campaign "$name" v --ttl 5s --once "$fault" -- echo ran
    [[ -z $output && $stderr == "Error: "* ]]
    (($(leases) == before))
    [[ -z $(etcdctl get "electctl-once:$name" --prefix) ]]
    # And so another may run it.
    plan
    run -0 proxied campaign "$name" v --once "$fault" -- echo ran
    [[ $output == ran ]]
    etcdctl del "electctl-once:$name" --prefix
  done
}

@test "leader -w json where the lease's time is not to be had: the leader, null, and why" {
  etcdctl put "$name/1" v --lease "$(grant 600)"
  plan "always LeaseTimeToLive 1 1 before status 2 something odd"
  run -0 --separate-stderr proxied leader "$name" -w json
  [[ $(jq -c '[.value, .ttl]' <<<"$output") == '["v",null]' ]]
  [[ $stderr == "electctl: the time to live of lease "*" is not known: something odd (endpoint $address)" ]]
}
