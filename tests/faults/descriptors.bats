#!/usr/bin/env bats
# No file descriptor is left, from the start or later.
load linked

setup() {
  if is_sanitized; then skip "a sanitizer wants descriptors of its own"; fi
  name=$(name_of_test)
}

@test "no file descriptor is left: an error or what was asked for, never a hang" {
  etcdctl put "$name/1" v
  for limit in 3 4 5 6 7 8 9 10 12 15; do
    code=0
    timeout 20 bash -c 'ulimit -n "$2"; exec "$ELECTCTL" leader "$1"' _ "$name" "$limit" \
      >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- || code=$?
    echo "$limit: exit $code, $(<"$BATS_TEST_TMPDIR/err")"
    if ((code == 0)); then [[ $(<"$BATS_TEST_TMPDIR/out") == "$name/1"$'\n'v ]]; else [[ ! -s $BATS_TEST_TMPDIR/out ]]; fi
    ((code == 0 || code == 1 || code == 2 || code == 127))
  done
}

@test "descriptors run out while it holds: CMD does not outlive the lease" {
  link 1
  start "$BATS_TEST_TMPDIR/holder" env ASAN_OPTIONS=detect_leaks=0 "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 3s -- \
    bash -c 'echo began; while :; do sleep 0.1; echo; done'
  holder=$!
  wait_for 10 grep -q began "$BATS_TEST_TMPDIR/holder"
  prlimit --pid "$holder" --nofile=3:3
  kill -KILL -- "-$group" # A new connection is needed, but cannot be made.
  expired() { ! electctl leader "$name" >/dev/null; }
  wait_for 20 expired
  written=$(wc -l <"$BATS_TEST_TMPDIR/holder")
  wait_for 10 not_running "$holder"
  (($(wc -l <"$BATS_TEST_TMPDIR/holder") <= written + 1))
  code=0
  wait "$holder" || code=$?
  ((code == 1 || code == 12)) # It reports the system's error or the loss of the lease, whichever it finds first.
  grep -qE '^Error: .*(descriptor|lost)' "$BATS_TEST_TMPDIR/holder.err"
}
