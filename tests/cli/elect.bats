#!/usr/bin/env bats
# electctl elect in place of etcdctl elect: the same arguments, output and exit codes.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

# as_leader PROGRAM FORMAT VALUE: prints its output as a leader, without the numbers that differ from run to run.
as_leader() {
  name=$(name_of_test "-$2")
  start "$BATS_TEST_TMPDIR/out" "$1" elect "$name" "$3" -w "$2"
  local pid=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/out"
  lease=$(electctl leader "$name" -w json | jq -r .lease)
  kill -INT "$pid"
  ended "$pid" 0
  sed -E "s/$lease/LEASE/g; s/^(\"(Revision|CreateRevision|ModRevision|Lease)\" : ).*/\1N/" "$BATS_TEST_TMPDIR/out"
}

@test "elect: simple and fields are etcdctl's" {
  for value in plain '' $'a"\x01é\xff\\\n\u200b' '✓'; do
    for format in simple fields; do
      as_leader "$ELECTCTL" "$format" "$value" >"$BATS_TEST_TMPDIR/ours"
      as_leader "$ETCDCTL" "$format" "$value" >"$BATS_TEST_TMPDIR/theirs"
      diff "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs"
    done
  done
}

@test "elect -w json and protobuf: etcdctl's fields, bytes as base64" {
  for program in "$ELECTCTL" "$ETCDCTL"; do
    as_leader "$program" json $'a\xff<' >/dev/null
    jq -S '.header.revision = 0 | .kvs[0] |= (.key = "" | .create_revision = 0 | .mod_revision = 0 | .lease = 0)' \
      "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/$(basename "$program").json"
    jq -c 'keys_unsorted, (.header | keys_unsorted), (.kvs[0] | keys_unsorted)' "$BATS_TEST_TMPDIR/out" \
      >>"$BATS_TEST_TMPDIR/$(basename "$program").json"
    as_leader "$program" protobuf v >/dev/null
    wc -c <"$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/$(basename "$program").size"
  done
  diff "$BATS_TEST_TMPDIR/electctl.json" "$BATS_TEST_TMPDIR/$(basename "$ETCDCTL").json"
  (($(<"$BATS_TEST_TMPDIR/electctl.size") > 40))
}

@test "elect: exit codes and messages for wrong arguments are etcdctl's" {
  for arguments in '' -l n 'n v w' '-l n proposal' '-l n v w'; do
    # shellcheck disable=SC2086
    run -128 electctl elect $arguments
    ours=$output
    # shellcheck disable=SC2086
    run -128 etcdctl elect $arguments
    [[ $ours == "$output" ]]
  done
  run -4 electctl elect n v -w table
  run -4 electctl elect n v -w bogus
}

@test "elect: interrupted while waiting: exit 1, as etcdctl" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ETCDCTL" elect "$name" holder
  wait_for 10 leads "$name" holder
  for program in "$ELECTCTL" "$ETCDCTL"; do
    start "$BATS_TEST_TMPDIR/waiting" "$program" elect "$name" other
    wait_for 10 stands "$name" 2
    kill -INT "$!"
    ended "$!" 1
    [[ $(<"$BATS_TEST_TMPDIR/waiting.err") == "Error: context canceled" ]]
    wait_for 10 stands "$name" 1
  done
}

@test "elect -l: prints every leader, exit 0 on SIGINT" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ETCDCTL" elect "$name" holder
  wait_for 10 leads "$name" holder
  for program in "$ELECTCTL" "$ETCDCTL"; do
    start "$BATS_TEST_TMPDIR/heard" "$program" elect -l "$name"
    wait_for 10 test -s "$BATS_TEST_TMPDIR/heard"
    kill -INT "$!"
    ended "$!" 0
    [[ $(<"$BATS_TEST_TMPDIR/heard") == "$(electctl leader "$name")" ]]
  done
}
