#!/usr/bin/env bats
# The endpoint's answers are cut, damaged or empty, or do not come from etcd.
load ../cli/cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() { end_started; }

# mangler MODE: starts a proxy to etcd that damages the answers. Its address is in $address, its process ID in $mangler.
mangler() {
  start "$BATS_TEST_TMPDIR/port" /usr/bin/python3 "$BATS_TEST_DIRNAME/mangler" "$1" "${ETCDCTL_ENDPOINTS#http://}"
  mangler=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/port"
  address=127.0.0.1:$(<"$BATS_TEST_TMPDIR/port")
}

@test "a proxy that garbles bytes: an error or the truth, never a hang, a crash or a false election" {
  etcdctl put "$name/1" v
  for mode in garble garbage cut http silent close hollow headless empty; do
    mangler "$mode"
    # Only one mode is random.
    if [[ $mode == garble ]]; then tries=8; else tries=1; fi
    for ((i = 0; i < tries; i++)); do
      code=0
      timeout 30 "$ELECTCTL" --endpoints "$address" --dial-timeout 500ms --command-timeout 1s leader "$name" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- || code=$?
      echo "$mode: exit $code, $(<"$BATS_TEST_TMPDIR/err")"
      if ((code == 0)); then
        [[ $mode == garble || $(<"$BATS_TEST_TMPDIR/out") == "$name/1"$'\n'v ]]
      else
        ((code == 1 || code == 2))
        [[ ! -s $BATS_TEST_TMPDIR/out && $(<"$BATS_TEST_TMPDIR/err") == "Error: "* ]]
        (($(wc -l <"$BATS_TEST_TMPDIR/err") == 1))
      fi
      code=0
      timeout 30 "$ELECTCTL" --endpoints "$address" --dial-timeout 500ms --command-timeout 1s campaign "$name" second --try --ttl 2s -- true \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- || code=$?
      echo "$mode: campaign exit $code, $(<"$BATS_TEST_TMPDIR/err")"
      # It stands behind another candidate, so "elected" would be wrong. Without TLS only a flipped bit may cause that.
      ((code == 11 || code == 1 || code == 2 || code == 12)) || [[ $mode == garble && $code == 0 ]]
      [[ ! -s $BATS_TEST_TMPDIR/out ]]
    done
    # With a sound endpoint beside it, electctl uses that one.
    if [[ $mode != garble ]]; then
      [[ $(electctl --endpoints "$address,$ETCDCTL_ENDPOINTS" leader "$name" --print-value-only) == v ]]
    fi
  done
}

# hold ENDPOINTS: starts a holder whose CMD prints the signals it gets. Its process ID is $holder.
hold() {
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" --endpoints "$1" --debug campaign "$name-$mode" v --ttl 3s -- \
    bash -c 'trap "echo told" TERM; echo began; while :; do sleep 0.1; echo; done'
  holder=$!
  wait_for 10 grep -q began "$BATS_TEST_TMPDIR/holder"
}

@test "a holder's link goes bad in the middle: CMD does not outlive the lease" {
  for mode in cut hollow empty; do
    mangler "$mode-later"
    hold "$address"
    kill -USR1 "$mangler"
    expired() { ! electctl leader "$name-$mode" >/dev/null; }
    wait_for 20 expired
    written=$(wc -l <"$BATS_TEST_TMPDIR/holder")
    wait_for 10 not_running "$holder"
    (($(wc -l <"$BATS_TEST_TMPDIR/holder") == written))
    code=0
    wait "$holder" || code=$?
    ((code == 1 || code == 12)) # It finds that this is not an etcd, or that the lease is lost, whichever is first.
  done
}

@test "a holder's link goes bad in the middle, another is sound: CMD is not disturbed" {
  for mode in cut hollow empty; do
    mangler "$mode-later" && one=$address one_mangler=$mangler
    mangler "$mode-later" && two=$address two_mangler=$mangler
    hold "$one,$two"
    used() { grep -q "LeaseKeepAlive to $1: ok" "$BATS_TEST_TMPDIR/holder.err"; }
    wait_for 10 used '.*'
    if used "$one"; then kill -USR1 "$one_mangler"; else kill -USR1 "$two_mangler"; fi
    both() { used "$one" && used "$two"; }
    wait_for 10 both
    leads "$name-$mode" v
    run -1 grep told "$BATS_TEST_TMPDIR/holder"
    electctl resign "$name-$mode" --leader
    ended "$holder" 12
  done
}

@test "a compaction between a candidate's standing and its watch: it gets its turn all the same" {
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" first
  holder=$!
  wait_for 10 leads "$name" first
  mangler watch
  start "$BATS_TEST_TMPDIR/waiter" "$ELECTCTL" --endpoints "$address" campaign "$name" second --ttl 60s
  wait_for 10 grep -q held "$BATS_TEST_TMPDIR/port"
  for ((i = 0; i < 5; i++)); do etcdctl put "$name-other" "$i" >/dev/null; done
  etcdctl compaction "$(electctl inspect "$name" -w json | jq .revision)"
  kill -USR1 "$mangler"
  kill -INT "$holder"
  ended "$holder" 0
  wait_for 10 grep -qx second "$BATS_TEST_TMPDIR/waiter"
}
