#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

# lead NAME VALUE: a leader for a moment.
lead() {
  start "$BATS_TEST_TMPDIR/lead" "$ELECTCTL" campaign "$1" "$2"
  local pid=$!
  wait_for 10 leads "$1" "$2"
  kill -INT "$pid"
  ended "$pid" 0
}
has_lines() { (($(wc -l <"$1") >= $2)); }

@test "observe: simple and fields as etcdctl elect -l" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" first
  holder=$!
  wait_for 10 leads "$name" first
  for format in simple fields; do
    start "$BATS_TEST_TMPDIR/ours.$format" "$ELECTCTL" observe "$name" -w "$format"
    start "$BATS_TEST_TMPDIR/theirs.$format" "$ETCDCTL" elect -l "$name" -w "$format"
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/ours.$format" 2
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/theirs.$format" 2
  done
  electctl proclaim "$name" second --lease "$(electctl leader "$name" -w json | jq -r .lease)"
  for format in simple:4 fields:24; do
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/ours.${format%:*}" "${format#*:}"
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/theirs.${format%:*}" "${format#*:}"
    # The member's own number and the store's revision at the first look depend on the moment.
    diff <(grep -v '^"Revision"' "$BATS_TEST_TMPDIR/ours.${format%:*}") \
      <(grep -v '^"Revision"' "$BATS_TEST_TMPDIR/theirs.${format%:*}")
  done
  kill -INT "$holder"
}

@test "observe -w json: each event once and in order, with the time of receipt" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" -w json --count 4
  observer=$!
  sleep 0
  lead "$name" a
  lead "$name" b
  ended "$observer" 0
  [[ $(jq -r '[.event, .value] | join(" ")' "$BATS_TEST_TMPDIR/events") == $'elected a\nvacant a\nelected b\nvacant b' ]]
  jq -e '.time | fromdateiso8601? // (sub("\\.[0-9]+"; "") | fromdateiso8601)' "$BATS_TEST_TMPDIR/events"
}

@test "observe --until: ends once a leader has this value; --timeout: exit 11 where the time ran out first" {
  name=$(name_of_test)
  run -11 electctl observe "$name" --until b --timeout 200ms
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" --until b --timeout 20s
  observer=$!
  lead "$name" a
  lead "$name" b
  ended "$observer" 0
}

@test "observe --rev: begins in the past; a compacted revision is refused with the reason" {
  name=$(name_of_test)
  lead "$name" a
  lead "$name" b
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" c
  wait_for 10 leads "$name" c
  now=$(electctl leader "$name" -w json | jq .create_revision)
  run -0 electctl observe "$name" --rev 1 --count 5 -w json
  [[ $(jq -r '[.event, .value] | join(" ")' <<<"$output" | tr '\n' ,) == "elected a,vacant a,elected b,vacant b,elected c," ]]
  etcdctl compaction "$now"
  run -1 electctl observe "$name" --rev 1 --count 1
  [[ $output == "Error: "*compacted* ]]
}

@test "observe: SIGINT ends it, exit 0" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" v
  wait_for 10 leads "$name" v
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name"
  wait_for 10 test -s "$BATS_TEST_TMPDIR/events"
  kill -INT "$!"
  ended "$!" 0
}
