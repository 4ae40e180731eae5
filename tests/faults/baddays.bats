#!/usr/bin/env bats
# Full or slow servers, clocks that jump, no file descriptors left, outputs that cannot be written.
load ../cli/cluster
load links

setup_file() {
  start_cluster
  start_member full http --quota-backend-bytes 200000 --heartbeat-interval 50 --election-timeout 500
  # etcd's shortest TTL is one and a half election timeouts.
  start_member slow http --heartbeat-interval 500 --election-timeout 5000
}
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() {
  end_started
  end_links
}

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

@test "a compaction while a candidate's link is silent: it gets its turn all the same" {
  link 1
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" first
  holder=$!
  wait_for 10 leads "$name" first
  start "$BATS_TEST_TMPDIR/waiter" "$ELECTCTL" --endpoints "$address" --keepalive-timeout 1s --debug campaign "$name" second --ttl 60s
  wait_for 10 stands "$name" 2
  kill -STOP -- "-$group"
  kill -INT "$holder"
  ended "$holder" 0
  for ((i = 0; i < 20; i++)); do etcdctl put "$name-other" "$i" >/dev/null; done
  etcdctl compaction "$(electctl inspect "$name" -w json | jq .revision)"
  wait_for 30 grep -q 'leaving' "$BATS_TEST_TMPDIR/waiter.err"
  kill -CONT -- "-$group"
  wait_for 20 grep -qx second "$BATS_TEST_TMPDIR/waiter"
}

@test "a server that raises the TTL: what it granted counts, and one warning says so" {
  # shellcheck disable=SC2016
  ETCDCTL_ENDPOINTS=$(url_of slow) run -0 --separate-stderr electctl campaign "$name" v --ttl 1s -- sh -c 'echo "$ELECTCTL_TTL"'
  ((output >= 5))
  [[ ${#stderr_lines[@]} == 1 && $stderr == *"etcd granted a TTL of ${output}s instead of 1s"* ]]
}

faketime_library() { find /usr/lib -name libfaketimeMT.so.1 | grep . -m1; }

@test "the wall clock jumps by an hour, forth and back: neither holder nor CMD is disturbed, calls go on" {
  faketime=$(faketime_library)
  echo '+0' >"$BATS_TEST_TMPDIR/offset"
  start "$BATS_TEST_TMPDIR/holder" env LD_PRELOAD="$faketime" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 \
    FAKETIME_TIMESTAMP_FILE="$BATS_TEST_TMPDIR/offset" ASAN_OPTIONS=verify_asan_link_order=0 \
    "$ELECTCTL" campaign "$name" v --ttl 3s --debug -- bash -c 'trap "echo told" TERM; while :; do date +%s; sleep 0.2; done'
  holder=$!
  wait_for 10 leads "$name" v
  dates() { (($(wc -l <"$BATS_TEST_TMPDIR/holder") > $1)); }
  wait_for 10 dates 1
  renewed() { (($(grep -c 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/holder.err") >= $1)); }
  for offset in +3600 -3600 +0; do
    echo "$offset" >"$BATS_TEST_TMPDIR/offset"
    wait_for 20 renewed $(($(grep -c 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/holder.err") + 4))
    leads "$name" v
    kill -0 "$holder"
  done
  # electctl did see the clock jump.
  sort -n "$BATS_TEST_TMPDIR/holder" | awk 'NR == 1 { first = $1 } END { exit !($1 - first > 7000) }'
  run -1 grep told "$BATS_TEST_TMPDIR/holder"
}

@test "the wall clock jumps while a call is made (it runs a million times too fast): the call has its time all the same" {
  etcdctl put "$name/1" v
  for _ in 1 2 3; do
    run -0 env LD_PRELOAD="$(faketime_library)" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 FAKETIME='+0 x1000000' \
      ASAN_OPTIONS=verify_asan_link_order=0 "$ELECTCTL" leader "$name" --is v
  done
}

@test "no file descriptor is left: an error or what was asked for, never a hang" {
  if is_sanitized; then skip "a sanitizer wants descriptors of its own"; fi
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
  if is_sanitized; then skip "a sanitizer wants descriptors of its own"; fi
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

@test "standard output that is full or closed: exit 1, said, whatever prints" {
  etcdctl put "$name/1" v
  for command in "leader $name" "inspect $name" "inspect $name -w table" "inspect $name -w json" "inspect $name --history" \
    "inspect $name --verify" "inspect --all $name" "inspect $name --etcdctl" "inspect $name --watch" \
    "observe $name --count 1" "observe $name -w json" "campaign $name-c v" "elect $name-e v" "elect -l $name" \
    "resign $name-r --leader" version "completion bash" --help "leader --help"; do
    etcdctl put "$name-r/1" v
    # shellcheck disable=SC2086
    run -1 timeout 20 bash -c 'exec "$ELECTCTL" "$@" >/dev/full' _ $command
    [[ $output == "Error: cannot write to standard output: No space left on device" ]]
    etcdctl put "$name-r/1" v
    # shellcheck disable=SC2086
    run -1 timeout 20 bash -c 'exec "$ELECTCTL" "$@" >&-' _ $command
    [[ $output == "Error: cannot write to standard output: Bad file descriptor" ]]
  done
  run -10 electctl leader "$name-c"
}
