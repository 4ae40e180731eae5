#!/usr/bin/env bats
# What a server sets limits to: the size of its database, and the shortest TTL.
load ../cli/cluster

setup_file() {
  start_cluster
  start_member full http --quota-backend-bytes 200000 --heartbeat-interval 50 --election-timeout 500
  # etcd's shortest TTL is one and a half election timeouts.
  start_member slow http --heartbeat-interval 500 --election-timeout 5000
}
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() { end_started; }

@test "a database that is full: said with the way out; holders hold, waiters get their turn, and all can withdraw" {
  ETCDCTL_ENDPOINTS=$(url_of full)
  export ETCDCTL_ENDPOINTS
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" first --ttl 3s --debug
  holder=$!
  wait_for 10 leads "$name" first
  start "$BATS_TEST_TMPDIR/waiter" "$ELECTCTL" campaign "$name" second --ttl 3s --debug
  waiter=$!
  wait_for 10 stands "$name" 2
  fills() { ! head -c 60000 /dev/urandom | etcdctl put filler/$RANDOM >/dev/null 2>&1; }
  wait_for 30 fills
  run -1 electctl campaign "$name" third --try
  [[ $output == "Error: "*"space exceeded"*compact*"alarm disarm"* ]]
  renewed() { (($(grep -c 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/holder.err") >= $1)); }
  wait_for 20 renewed $(($(grep -c 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/holder.err") + 4))
  leads "$name" first
  [[ $(electctl observe "$name" --count 1) == *$'\n'first ]]
  electctl resign "$name" --leader
  ended "$holder" 12
  wait_for 10 leads "$name" second
  run -1 electctl proclaim "$name" renamed --key "$(electctl leader "$name" --keys-only | head -n1)"
  [[ $output == "Error: "*"space exceeded"* ]]
  kill -INT "$waiter"
  ended "$waiter" 0
  run -10 electctl leader "$name"
  run -10 electctl inspect "$name" --verify
}

@test "a server that raises the TTL: what it granted counts, and one warning says so" {
  # shellcheck disable=SC2016
  ETCDCTL_ENDPOINTS=$(url_of slow) run -0 --separate-stderr electctl campaign "$name" v --ttl 1s -- sh -c 'echo "$ELECTCTL_TTL"'
  ((output >= 5))
  [[ ${#stderr_lines[@]} == 1 && $stderr == *"etcd granted a TTL of ${output}s instead of 1s"* ]]
}
