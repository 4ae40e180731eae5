#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

@test "leader: as etcdctl get --limit=1, whatever the name and the value" {
  for suffix in '' ' with space' "it's" 'a"b' '/path/' 'ünï·✓' $'tab\there' '$(x)'; do
    name=$(name_of_test "$suffix")
    for value in '' 'plain' $'two\nlines' "quo'te\"s" '✓ ü' '/' '  '; do
      start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" "$value"
      pid=$!
      wait_for 10 leads "$name" "$value"
      for options in '' '-w fields' '--print-value-only' '--keys-only' '--hex' '--consistency s'; do
        # shellcheck disable=SC2086
        diff <(electctl leader "$name" $options) \
          <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND --limit=1 $options)
      done
      kill -INT "$pid"
      ended "$pid" 0
    done
  done
}

@test "leader: nobody leads: exit 10 and nothing on standard output" {
  run -10 --separate-stderr electctl leader "$(name_of_test)"
  [[ -z $output ]]
}

@test "leader --is: 0 leads, 11 another leads, 10 nobody, and prints nothing" {
  name=$(name_of_test)
  run -10 electctl leader "$name" --is me
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me
  wait_for 10 leads "$name" me
  run -0 electctl leader "$name" --is me
  [[ -z $output ]]
  run -11 electctl leader "$name" --is you
  [[ -z $output ]]
}

@test "leader --rev: as of that revision; compacted and future ones are said to be so" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me
  wait_for 10 leads "$name" me
  revision=$(electctl leader "$name" -w json | jq .create_revision)
  kill -INT "$!"
  ended "$!" 0
  run -10 electctl leader "$name"
  run -0 electctl leader "$name" --rev "$revision" --print-value-only
  [[ $output == me ]]
  run -1 electctl leader "$name" --rev 100000000
  [[ $output == "Error: revision "*" does not exist yet (the store is at "* ]]
  etcdctl compaction "$((revision + 1))"
  run -1 electctl leader "$name" --rev "$revision"
  [[ $output == "Error: "*"compacted"* ]]
}

@test "leader -w json: the candidate object, numbers as numbers, the lease as hex" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" $'bad\xffbytes'
  wait_for 10 stands "$name" 1
  run -0 electctl leader "$name" -w json
  key=$(jq -r .key <<<"$output")
  [[ $key == "$name/$(jq -r .lease <<<"$output")" ]]
  [[ $(jq -r .value_base64 <<<"$output") == "$(printf 'bad\xffbytes' | base64)" ]]
  [[ $(jq -r '.create_revision | type' <<<"$output") == number ]]
  [[ $(jq -c '[.granted_ttl, .ttl <= 10, .ttl > 5]' <<<"$output") == '[10,true,true]' ]]
}

@test "leader --wait: waits for a leader, no longer than it is told to; exit 10 where nobody came" {
  name=$(name_of_test)
  run -10 electctl leader "$name" --wait 200ms
  [[ -z $output ]]
  for arguments in "--wait $name" "$name --wait" "$name --wait 20s" "--wait=20s $name"; do
    # shellcheck disable=SC2086
    start "$BATS_TEST_TMPDIR/waited" "$ELECTCTL" leader $arguments --print-value-only
    waiter=$!
    etcdctl put "$name/1" v
    ended "$waiter" 0
    [[ $(<"$BATS_TEST_TMPDIR/waited") == v ]]
    etcdctl del "$name/1"
  done
  run -128 electctl leader "$name" --wait bogus
  run -128 electctl leader --wait
}

@test "leader --wait: a signal ends it with 128+N" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/waited" "$ELECTCTL" leader "$name" --wait --debug
  waiter=$!
  wait_for 10 grep -q Range "$BATS_TEST_TMPDIR/waited.err"
  kill -TERM "$waiter"
  ended "$waiter" 143
}

@test "options as etcdctl takes them: -w=json, -d, and the last of several" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" x >/dev/null
  run -0 electctl leader "$name" -w=fields
  [[ $output == *'"Value" : "x"'* ]]
  run -0 electctl -w json leader "$name" -w simple
  [[ $output == "$name/1"$'\n'x ]]
  # Only options are split, not their values, and nothing behind --.
  run -11 electctl leader "$name" --is -x=y
  run -128 --separate-stderr electctl leader "$name" --auth-jwt-token -p=s3cret extra
  [[ $stderr != *s3cret* ]]
  run -0 electctl proclaim "$name" --key "$name/1" -- -w=json
  [[ $(electctl leader "$name" --print-value-only) == -w=json ]]
  run -0 electctl proclaim "$name" --key "$name/1" -- x
  for yes in 1 true; do
    start "$BATS_TEST_TMPDIR/listening" "$ELECTCTL" elect -l="$yes" "$name"
    wait_for 10 grep -qx x "$BATS_TEST_TMPDIR/listening"
  done
  run -128 electctl elect -l=false "$name"
  run -2 electctl leader "$name" -d nowhere.invalid
}

@test "ETCDCTL_WRITE_OUT stops nothing that prints nothing" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name-2/1" x >/dev/null
  export ETCDCTL_WRITE_OUT=table
  run -0 electctl campaign "$name" v -- echo ran
  [[ $output == ran ]]
  run -0 electctl leader "$name-2" --is x
  run -0 electctl proclaim "$name-2" y --key "$name-2/1"
  run -0 electctl observe "$name-2" --count 1 -- echo seen
  [[ $output == seen ]]
  for typed in '-w table' -w=table -wtable '--write-out table' --write-out=table; do
    # shellcheck disable=SC2086
    run -128 electctl observe "$name-2" $typed --count 1 -- echo seen
  done
}
