#!/usr/bin/env bats
# Makes each kind of fault on purpose. inspect --verify finds it.
load cluster

setup_file() { start_cluster --members 3; }
teardown_file() { stop_cluster; }
teardown() {
  end_started
  for i in 1 2 3; do kill -CONT "$(<"$SANDBOX_DIR/member-$i.pid")" 2>/dev/null || "$SANDBOX_DIR/member-$i.start" 3>&-; done
  wait_for 20 "$ETCDCTL" endpoint health --command-timeout=1s
}

# finds CHECK: whether this is the only check with a fault, and the exit code is 13.
finds() {
  run -13 electctl inspect "$name" --verify
  [[ $(grep ^FAULT <<<"$output" | awk '{print $2}' | tr '\n' ' ') == "$1 " ]]
}
# lease SECONDS: prints a new lease's ID in hex, without padding.

@test "verify: a sound election: all ok, exit 0; nobody stands: exit 10" {
  name=$(name_of_test)
  run -10 electctl inspect "$name" --verify
  [[ ${lines[0]} == "ok     order      0 candidates in the order"* && ${lines[1]} == *"says that nobody leads" ]]
  [[ $output != *FAULT* && ${#lines[@]} == 7 ]]
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one
  wait_for 10 stands "$name" 1
  key=$(electctl leader "$name" --keys-only | head -n 1)
  run -0 electctl inspect "$name" --verify
  [[ $(cut -c19- <<<"$output") == "1 candidate
the server's election service says that $key leads
1 key is named after its lease
1 key has a lease
1 lease lives and lists its key
the same listing from 3 of 3 endpoints at revision "*"
0 runs in the ledger, none abandoned, none claimed twice" ]]
  start "$BATS_TEST_TMPDIR/2" "$ETCDCTL" elect "$name" two
  wait_for 10 stands "$name" 2
  run -0 electctl inspect "$name" --verify
  [[ $(awk '{print $1, $2}' <<<"$output" | tr '\n' ,) == "ok order,ok service,ok keys,ok attached,ok leases,ok endpoints,ok runs," ]]
  [[ ${lines[5]} == *"3 of 3"* ]]
  electctl inspect "$name" --verify -w json | jq -e '(.checks | map(.check)) == ["order","service","keys","attached","leases","endpoints","runs"] and all(.checks[]; .ok)'
}

@test "verify: two keys of one create revision are a fault of the order" {
  name=$(name_of_test)
  a=$(grant 60) b=$(grant 60)
  printf '\nput --lease=%s %s/%s x\nput --lease=%s %s/%s y\n\n\n' "$a" "$name" "$a" "$b" "$name" "$b" | etcdctl txn
  finds order
}

@test "verify: a key that is not named after its lease" {
  name=$(name_of_test)
  id=$(grant 60)
  etcdctl put --lease="$id" "$name/abc" x
  finds keys
  [[ $output == *"$name/abc is not named after its lease, $id"* ]]
}

@test "verify: an election whose name begins with this one's and a slash stands in its queue, and is named" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name/deeper" one
  wait_for 10 stands "$name/deeper" 1
  finds keys
  [[ $output == *" is of election '$name/deeper': that stands in this queue, since its name begins with '$name/'"* ]]
}

@test "verify: a key without a lease" {
  name=$(name_of_test)
  etcdctl put "$name/abc" x
  finds attached
}

@test "verify: a member that cannot be reached is named, and is no fault" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one
  wait_for 10 stands "$name" 1
  kill -KILL "$(<"$SANDBOX_DIR/member-3.pid")"
  run -0 electctl inspect "$name" --verify
  [[ ${lines[5]} == *"2 of 3"*"not reachable: $(<"$SANDBOX_DIR/member-3.url")"* ]]
}

@test "verify: with one endpoint given the other members are asked, too" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one
  wait_for 10 stands "$name" 1
  run -0 electctl --endpoints "$(<"$SANDBOX_DIR/member-1.url")" inspect "$name" --verify
  [[ ${lines[5]} == *"3 of 3"* ]]
}

@test "verify: no endpoint can be reached: the error comes after --dial-timeout" {
  before=$(date +%s%N)
  run -2 electctl --endpoints 127.0.0.1:1 inspect job --verify --dial-timeout 300ms --command-timeout 20s
  took=$((($(date +%s%N) - before) / 1000000))
  [[ $output == "Error: no endpoint could be reached within 300ms: connection refused; "* ]]
  ((took < 10000)) || { echo "took $took ms"; return 1; }
}

@test "verify: an endpoint of another cluster" {
  name=$(name_of_test)
  etcdctl put "$name/hold" x
  # Another sandbox, only for this one command.
  # shellcheck disable=SC2016
  run -0 env -u ETCDCTL_ENDPOINTS ETCDCTL="$ETCDCTL" "$root/scripts/sandbox" -- bash -c '
    "$ELECTCTL" --endpoints "$1,$ETCDCTL_ENDPOINTS" inspect "$2" --verify; echo "exit $?"' _ "$(<"$SANDBOX_DIR/member-1.url")" "$name"
  echo "$output"
  [[ $output == *"FAULT  endpoints"*"another cluster"*"exit 13"* ]]
}

@test "verify: a stopped member is named, and holds nobody up for longer than --command-timeout" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one
  wait_for 10 stands "$name" 1
  kill -STOP "$(<"$SANDBOX_DIR/member-2.pid")"
  run -0 timeout 30 "$ELECTCTL" inspect "$name" --verify --command-timeout 4s
  [[ ${lines[5]} == *"not reachable: $(<"$SANDBOX_DIR/member-2.url")"* ]]
}
