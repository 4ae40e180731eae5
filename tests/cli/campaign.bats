#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

lease_of() { electctl leader "$1" -w json | jq -r .lease; }
lease_is_gone() { etcdctl lease timetolive "$1" | grep -q "already expired"; }

@test "campaign: prints key and value once elected, withdraws on SIGINT and on SIGTERM with exit 0" {
  name=$(name_of_test)
  for signal in INT TERM; do
    start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me
    wait_for 10 leads "$name" me
    lease=$(lease_of "$name")
    wait_for 10 test -s "$BATS_TEST_TMPDIR/out"
    [[ $(<"$BATS_TEST_TMPDIR/out") == "$name/$lease"$'\nme' ]]
    kill "-$signal" "$!"
    ended "$!" 0
    run -10 electctl leader "$name"
    lease_is_gone "$lease"
  done
}

@test "campaign: the default value is the host's name, - reads all of standard input" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name"
  wait_for 10 stands "$name" 1
  [[ $(electctl leader "$name" --print-value-only) == "$(uname -n)" ]]
  kill -INT "$!"
  ended "$!" 0
  printf 'a\0b\n' >"$BATS_TEST_TMPDIR/value"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" - <"$BATS_TEST_TMPDIR/value"
  wait_for 10 stands "$name" 1
  diff <(electctl leader "$name" --print-value-only) <(printf 'a\0b\n\n')
}

@test "campaign --try: not first in the queue at once: withdraws, exit 11, -E in its place" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  run -11 electctl campaign "$name" other --try
  [[ -z $output ]]
  run -42 electctl campaign "$name" other --try -E 42
  stands "$name" 1
}

@test "campaign --wait: not elected within it: withdraws, exit 11" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  run -11 electctl campaign "$name" other --wait 300ms
  stands "$name" 1
}

@test "campaign: a signal while waiting withdraws, exit 128+N" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  for signal in INT:130 TERM:143 HUP:129 QUIT:131; do
    start "$BATS_TEST_TMPDIR/waiting" env --default-signal=QUIT "$ELECTCTL" campaign "$name" other
    wait_for 10 stands "$name" 2
    kill "-${signal%:*}" "$!"
    ended "$!" "${signal#*:}"
    stands "$name" 1
    [[ ! -s $BATS_TEST_TMPDIR/waiting ]]
  done
}

@test "campaign: SIGHUP and SIGQUIT end a holder with 128+N, withdrawn" {
  name=$(name_of_test)
  for signal in HUP:129 QUIT:131; do
    start "$BATS_TEST_TMPDIR/out" env --default-signal=QUIT "$ELECTCTL" campaign "$name" me
    wait_for 10 test -s "$BATS_TEST_TMPDIR/out"
    kill "-${signal%:*}" "$!"
    ended "$!" "${signal#*:}"
    run -10 electctl leader "$name"
  done
}

@test "campaign: a leader whose key is deleted or whose lease is revoked exits 12 and says so" {
  name=$(name_of_test)
  for way in key lease; do
    start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me --ttl 60
    wait_for 10 leads "$name" me
    lease=$(lease_of "$name")
    if [[ $way == key ]]; then etcdctl del "$name/$lease"; else etcdctl lease revoke "$lease"; fi
    ended "$!" 12
    [[ $(<"$BATS_TEST_TMPDIR/out.err") == "Error: leadership of '$name' lost: "* ]]
    lease_is_gone "$lease"
  done
}

@test "campaign: a waiting candidate whose lease is revoked exits 12 and is never told elected" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  start "$BATS_TEST_TMPDIR/waiting" "$ELECTCTL" campaign "$name" other --ttl 60
  wait_for 10 stands "$name" 2
  etcdctl lease revoke "$(electctl inspect "$name" -w json | jq -r '.candidates[1].lease')"
  ended "$!" 12
  [[ ! -s $BATS_TEST_TMPDIR/waiting ]]
}

@test "campaign --lease: stands under it, keeps it alive, deletes the key alone at the end" {
  name=$(name_of_test)
  lease=$(grant 2)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me --lease "$lease"
  wait_for 10 leads "$name" me
  [[ $(lease_of "$name") == "$lease" ]]
  # Watches for longer than one TTL. Each look waits for a renewal: the time left of the lease goes up.
  for _ in 1 2 3; do
    left() { etcdctl lease timetolive "$lease" -w json | jq .ttl; }
    wait_for 10 eval '(($(left) < 2))'
    wait_for 10 eval '(($(left) >= 1))'
  done
  kill -INT "$!"
  ended "$!" 0
  run -10 electctl leader "$name"
  etcdctl lease revoke "$lease"
}

@test "campaign --lease: standing again with the lease of a candidate updates its value in its place" {
  name=$(name_of_test)
  lease=$(grant 60)
  etcdctl put --lease="$lease" "$name/$lease" old
  start "$BATS_TEST_TMPDIR/rival" "$ELECTCTL" campaign "$name" rival
  wait_for 10 stands "$name" 2
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" new --lease "$lease"
  wait_for 10 leads "$name" new
  stands "$name" 2
}

@test "campaign --lease: a lease that is not there is an error, and nothing is changed" {
  name=$(name_of_test)
  run -1 electctl campaign "$name" me --lease 123abc
  [[ $output == "Error: lease 123abc does not exist"* ]]
  run -10 electctl inspect "$name"
}

@test "campaign: a TTL that the server raises is said" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me --ttl 1s
  wait_for 10 leads "$name" me
  granted=$(electctl inspect "$name" -w json | jq .leader.granted_ttl)
  kill -INT "$!"
  ended "$!" 0
  ((granted == 1)) || grep -q "granted a TTL of ${granted}s instead of 1s" "$BATS_TEST_TMPDIR/out.err"
}

@test "campaign: failover when the holder is killed, after its lease's time" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" holder --ttl 2s
  wait_for 10 leads "$name" holder
  holder=$!
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next
  wait_for 10 stands "$name" 2
  kill -KILL "$holder"
  wait_for 10 leads "$name" next
  wait_for 10 test -s "$BATS_TEST_TMPDIR/next"
}

@test "campaign: ten candidates, etcdctl's and electctl's mixed, are served first come, first served" {
  name=$(name_of_test)
  pids=()
  for i in {1..10}; do
    if ((i % 2)); then
      start "$BATS_TEST_TMPDIR/$i" "$ETCDCTL" elect "$name" "value $i"
    else
      start "$BATS_TEST_TMPDIR/$i" "$ELECTCTL" campaign "$name" "value $i"
    fi
    pids[i]=$!
    wait_for 10 stands "$name" "$i"
  done
  for i in {1..10}; do
    wait_for 10 test -s "$BATS_TEST_TMPDIR/$i"
    leads "$name" "value $i"
    for ((j = i + 1; j <= 10; j++)); do [[ ! -s $BATS_TEST_TMPDIR/$j ]]; done
    kill -INT "${pids[i]}"
    ended "${pids[i]}" 0
  done
}

@test "campaign: a working directory that is gone, no standard streams: CMD runs" {
  name=$(name_of_test)
  mkdir "$BATS_TEST_TMPDIR/gone"
  run -0 bash -c 'cd "$1" && rmdir "$1" && exec "$ELECTCTL" campaign "$2" v -- echo ran' _ "$BATS_TEST_TMPDIR/gone" "$name"
  [[ $output == ran ]]
  run -0 bash -c 'exec "$ELECTCTL" campaign "$1" v -- sh -c "echo ran >\"\$0\"" "$2" <&- >&- 2>&-' _ "$name" "$BATS_TEST_TMPDIR/ran"
  [[ $(<"$BATS_TEST_TMPDIR/ran") == ran ]]
  run -1 --separate-stderr bash -c 'exec "$ELECTCTL" campaign "$1" - -- true <&-' _ "$name"
  [[ $stderr == "Error: cannot read standard input: "* && ${#stderr_lines[@]} == 1 ]]
  run -10 electctl leader "$name"
}

@test "campaign --wait: the longest duration is not over at once" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/first" "$ELECTCTL" campaign "$name" first
  wait_for 10 stands "$name" 1
  for longest in 2562047h47m16s 9223372036.5; do
    start "$BATS_TEST_TMPDIR/second" "$ELECTCTL" campaign "$name" second --wait "$longest"
    second=$!
    wait_for 10 stands "$name" 2
    electctl resign "$name" --value first
    wait_for 10 grep -qx second "$BATS_TEST_TMPDIR/second"
    start "$BATS_TEST_TMPDIR/first" "$ELECTCTL" campaign "$name" first
    wait_for 10 stands "$name" 2
    kill -INT "$second"
    ended "$second" 0
  done
}
