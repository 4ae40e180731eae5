#!/usr/bin/env bats
# The wall clock jumps. Only a clock that no one can set counts.
load ../cli/cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() { end_started; }

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
