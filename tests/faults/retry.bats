#!/usr/bin/env bats
# campaign --once --retry where the host of the run before cannot reach etcd.
load ../cli/cluster
load links

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() {
  end_started
  end_links
}

@test "--retry: where a third party ends the candidacy of a host that cannot reach etcd, its CMD has ended before the next one runs" {
  link 1
  job="exec 9>$BATS_TEST_TMPDIR/lock; flock -n 9 || echo doubled"
  start "$BATS_TEST_TMPDIR/first" "$ELECTCTL" --endpoints "$address" campaign "$name" first --ttl 6s --once id -- \
    bash -c "$job; touch $BATS_TEST_TMPDIR/began; trap '' TERM; while :; do sleep 0.05; done"
  first=$!
  wait_for 10 test -e "$BATS_TEST_TMPDIR/began"
  kill -STOP -- "-$group"
  electctl resign "$name" --leader
  run -0 electctl campaign "$name" next --once id --retry -- bash -c "$job; echo took over"
  [[ $output == "took over" ]]
  ended "$first" 12
}

@test "--retry: the same where that host reaches etcd again and learns of it late, with a long --kill-after" {
  link 1
  job="exec 9>$BATS_TEST_TMPDIR/lock; flock -n 9 || echo doubled"
  start "$BATS_TEST_TMPDIR/first" "$ELECTCTL" --endpoints "$address" --debug campaign "$name" first --ttl 6s --kill-after 5s --once id -- \
    bash -c "$job; touch $BATS_TEST_TMPDIR/began; trap '' TERM; while :; do sleep 0.05; done"
  first=$!
  wait_for 10 test -e "$BATS_TEST_TMPDIR/began"
  wait_for 10 grep -q 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/first.err"
  kill -STOP -- "-$group"
  electctl resign "$name" --leader
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next --once id --retry -- bash -c "$job; echo took over"
  next=$!
  sleep 3 # Shorter than 2/3 of the TTL: the first one still renews its lease afterwards.
  kill -CONT -- "-$group"
  ended "$next" 0
  [[ $(<"$BATS_TEST_TMPDIR/next") == "took over" ]]
  ended "$first" 12
}
