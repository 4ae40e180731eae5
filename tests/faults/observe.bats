#!/usr/bin/env bats
# Every change of leader is reported once and in order, whatever happens to the servers and the links.
load ../cli/cluster
load links

setup_file() { start_cluster --members 3; }
teardown_file() { stop_cluster; }
setup() {
  one=$(url 1)
  name=$(name_of_test)
}
teardown() {
  end_started
  end_links
  heal 3
}

# changes COUNT: lets candidates come, lead, proclaim and go. Sometimes no candidate is left.
changes() {
  local i
  for ((i = 0; i < $1; i++)); do
    ((++n))
    apply put "$name/$n" "value $n"
    ((n % 3 != 0)) || apply put "$name/$n" "again $n"
    ((n < 2)) || apply del "$name/$((n - 1))"
    ((n % 4 != 0)) || apply del "$name/$n"
  done
}
# Goes through the first member, to which nothing happens. Repeats until it succeeds.
apply() { until ETCDCTL_ENDPOINTS=$one "$ETCDCTL" --command-timeout=3s "$@" >/dev/null 2>&1 3>&-; do ((SECONDS < patience)); done; }

events() { jq -c 'del(.time)' "$1"; }
saw() { grep -q "\"value\":\"$2\"" "$1"; }
losses() { grep -c 'watch on .* ended' "$BATS_TEST_TMPDIR/tried.err"; }
lost_more() { (($(losses) > $1)); }

@test "observe: two of three members killed one after the other, a silent link and a compaction: the same events as without" {
  n=0 patience=$((SECONDS + 100))
  link 2 && two=$address two_link=$group
  link 3 && three=$address three_link=$group
  start "$BATS_TEST_TMPDIR/calm" "$ELECTCTL" --endpoints "$one" observe "$name" -w json --until end
  calm=$!
  start "$BATS_TEST_TMPDIR/tried" "$ELECTCTL" --endpoints "$two,$three" --keepalive-timeout 1s --debug observe "$name" -w json --until end
  tried=$!
  # Both start with the same line.
  apply put "$name/0" begun
  wait_for 20 saw "$BATS_TEST_TMPDIR/calm" begun
  wait_for 20 saw "$BATS_TEST_TMPDIR/tried" begun
  apply del "$name/0"
  changes 5
  wait_for 20 saw "$BATS_TEST_TMPDIR/tried" "value $n"
  for member in 2 3; do
    kill_member "$member"
    changes 6
    restart "$member"
    changes 3
    wait_for 30 saw "$BATS_TEST_TMPDIR/tried" "value $n"
  done
  # The store is compacted up to the revision that both have seen.
  wait_for 20 saw "$BATS_TEST_TMPDIR/calm" "value $n"
  apply compaction "$(electctl --endpoints "$one" inspect "$name" -w json | jq .revision)"
  changes 3
  before=$(losses)
  # Both links accept bytes, but nothing comes back. Then one of them works again.
  kill -STOP -- "-$two_link" "-$three_link"
  changes 6
  wait_for 30 lost_more "$before"
  kill -CONT -- "-$three_link"
  changes 3
  apply del "$name/" --prefix
  apply put "$name/end" end
  ended "$calm" 0
  wait_for 60 not_running "$tried"
  ended "$tried" 0
  diff <(events "$BATS_TEST_TMPDIR/calm") <(events "$BATS_TEST_TMPDIR/tried")
  (($(wc -l <"$BATS_TEST_TMPDIR/calm") > 30))
  # It did lose its streams: the member died or was silent.
  (($(grep -c 'watch on .* ended' "$BATS_TEST_TMPDIR/tried.err") >= 2))
}

@test "observe: a compaction that overtook it: a gap, then the present leader, then on; the answer to --is is right again" {
  n=0 patience=$((SECONDS + 100))
  link 2
  start "$BATS_TEST_TMPDIR/tried" "$ELECTCTL" --endpoints "$address" --keepalive-timeout 1s --debug observe "$name" -w json --until end
  tried=$!
  start "$BATS_TEST_TMPDIR/roles" "$ELECTCTL" --endpoints "$address" --keepalive-timeout 1s observe "$name" --is first --until end
  roles=$!
  wait_for 20 grep -q follower "$BATS_TEST_TMPDIR/roles"
  apply put "$name/1" first
  wait_for 20 saw "$BATS_TEST_TMPDIR/tried" first
  wait_for 20 grep -q leader "$BATS_TEST_TMPDIR/roles"
  kill -STOP -- "-$group"
  apply del "$name/1"
  changes 5
  apply del "$name/" --prefix
  apply put "$name/2" unseen
  apply del "$name/2"
  apply compaction "$(electctl --endpoints "$one" inspect "$name" -w json | jq .revision)"
  wait_for 30 lost_more 0
  kill -CONT -- "-$group"
  wait_for 30 grep -q '"gap"' "$BATS_TEST_TMPDIR/tried"
  wait_for 30 grep -q '"vacant"' "$BATS_TEST_TMPDIR/tried"
  apply put "$name/3" end
  ended "$tried" 0
  ended "$roles" 0
  [[ $(jq -r '[.event, .value] | join(" ")' "$BATS_TEST_TMPDIR/tried") == $'elected first\ngap \nvacant first\nelected end' ]]
  [[ $(<"$BATS_TEST_TMPDIR/roles") == $'follower\nleader\nfollower' ]]
}

@test "observe, inspect --watch: say once that etcd does not answer, and once that it answers again; no change is lost" {
  patience=$((SECONDS + 100))
  apply put "$name/1" before
  start "$BATS_TEST_TMPDIR/observed" "$ELECTCTL" --command-timeout 1s observe "$name" -w json
  start "$BATS_TEST_TMPDIR/watched" "$ELECTCTL" --command-timeout 1s inspect "$name" --watch -w json
  start "$BATS_TEST_TMPDIR/runs" "$ELECTCTL" --command-timeout 1s inspect "$name" --watch --runs -w json
  TERM=xterm start "$BATS_TEST_TMPDIR/terminal" script -qefc \
    "stty cols 60; '$ELECTCTL' --command-timeout 1s inspect '$name' --watch" "$BATS_TEST_TMPDIR/screen"
  wait_for 20 saw "$BATS_TEST_TMPDIR/observed" before
  wait_for 20 grep -q before "$BATS_TEST_TMPDIR/watched"
  wait_for 20 test -s "$BATS_TEST_TMPDIR/runs"
  wait_for 20 grep -sqa before "$BATS_TEST_TMPDIR/screen"
  kill_member 2
  kill_member 3
  for program in observed watched runs; do
    wait_for 30 grep -q '^electctl: etcd does not answer, and changes are not seen until it does: ' "$BATS_TEST_TMPDIR/$program.err"
  done
  wait_for 30 grep -qa 'etcd does not answer; this is how it was before: ' "$BATS_TEST_TMPDIR/screen"
  restart 2
  restart 3
  apply put "$name/1" after
  for program in observed watched runs; do
    wait_for 30 grep -qx 'electctl: etcd answers again' "$BATS_TEST_TMPDIR/$program.err"
  done
  wait_for 30 saw "$BATS_TEST_TMPDIR/observed" after
  wait_for 30 grep -q after "$BATS_TEST_TMPDIR/watched"
  wait_for 30 grep -qa after "$BATS_TEST_TMPDIR/screen"
  # The last picture is without the line.
  wait_for 30 eval '! sed "s/.*\x1b\[2J/\x0c/" "$BATS_TEST_TMPDIR/screen" | tac | sed "/\x0c/q" | grep -qa "does not answer"'
  (($(grep -c 'does not answer' "$BATS_TEST_TMPDIR/observed.err") == 1))
}
