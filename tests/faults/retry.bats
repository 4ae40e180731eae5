#!/usr/bin/env bats
# campaign --once --retry where the host of the run before cannot reach etcd.
load linked

# first_runs OPTION...: starts the first host, behind a link. Its CMD ignores SIGTERM. Its process ID is $first. $next is
# the command of the next host. Its CMD prints "doubled" where two CMDs run at once.
first_runs() {
  local job
  link 1
  job="exec 9>$BATS_TEST_TMPDIR/lock; flock -n 9 || echo doubled"
  start "$BATS_TEST_TMPDIR/first" "$ELECTCTL" --endpoints "$address" --debug campaign "$name" first --ttl 6s --once id "$@" -- \
    bash -c "$job; touch $BATS_TEST_TMPDIR/began; trap '' TERM; while :; do sleep 0.05; done"
  first=$!
  wait_for 10 test -e "$BATS_TEST_TMPDIR/began"
  next=("$ELECTCTL" campaign "$name" next --once id --retry -- bash -c "$job; echo took over")
}

@test "--retry: where a third party ends the candidacy of a host that cannot reach etcd, its CMD has ended before the next one runs" {
  first_runs
  kill -STOP -- "-$group"
  electctl resign "$name" --leader
  run -0 "${next[@]}"
  [[ $output == "took over" ]]
  ended "$first" 12
}

@test "--retry: the same where that host reaches etcd again and learns of it late, with a long --kill-after" {
  first_runs --kill-after 5s
  wait_for 10 grep -q 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/first.err"
  kill -STOP -- "-$group"
  electctl resign "$name" --leader
  start "$BATS_TEST_TMPDIR/next" "${next[@]}"
  successor=$!
  sleep 3 # Shorter than 2/3 of the TTL: the first one still renews its lease afterwards.
  kill -CONT -- "-$group"
  ended "$successor" 0
  [[ $(<"$BATS_TEST_TMPDIR/next") == "took over" ]]
  ended "$first" 12
}
