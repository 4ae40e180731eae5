#!/usr/bin/env bats
# Calls, watches and renewals move to another member when theirs dies, stops or is cut off.
load ../cli/cluster
load links

setup_file() { start_cluster --members 3; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() {
  end_started
  end_links
  heal 3
}

# hold ENDPOINTS: starts a holder with a TTL of 5 s and a CMD that prints the signals it gets. Its process ID is $holder.
hold() {
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" --endpoints "$1" --debug campaign "$name" held --ttl 5s -- \
    bash -c 'for s in INT TERM HUP USR1; do trap "echo got $s" "$s"; done; echo began; while :; do sleep 1; done'
  holder=$!
  wait_for 10 grep -q began "$BATS_TEST_TMPDIR/holder"
}
# Prints how many renewals were answered so far.
renewals() { grep -c 'LeaseKeepAlive to .*: ok' "$BATS_TEST_TMPDIR/holder.err"; }
more_renewals() { (($(renewals) >= $1)); }
# undisturbed: whether the holder leads and CMD gets no signal, for three more TTLs. It counts renewals: three in each TTL.
undisturbed() {
  wait_for 25 more_renewals $(($(renewals) + 9))
  ETCDCTL_ENDPOINTS=$1 leads "$name" held
  [[ $(<"$BATS_TEST_TMPDIR/holder") == began ]]
  kill -0 "$holder"
}
# Prints the member whose endpoint the holder uses.
member_of_holder() {
  local endpoint i
  endpoint=$(grep -o 'LeaseKeepAlive to [^ ]*: ok' "$BATS_TEST_TMPDIR/holder.err" | tail -n1 | cut -d ' ' -f 3)
  for i in 1 2 3; do [[ $(url "$i") != "${endpoint%:}" ]] || echo "$i"; done
}
others_than() { for i in 1 2 3; do ((i == $1)) || url "$i"; done | paste -sd,; }

@test "failover: a holder keeps leadership, its CMD undisturbed, while its member is killed" {
  hold "$ETCDCTL_ENDPOINTS"
  wait_for 10 more_renewals 1
  victim=$(member_of_holder)
  kill_member "$victim"
  undisturbed "$(others_than "$victim")"
}

@test "failover: a holder keeps leadership, its CMD undisturbed, while its member is stopped" {
  hold "$ETCDCTL_ENDPOINTS"
  wait_for 10 more_renewals 1
  victim=$(member_of_holder)
  kill -STOP "$(member "$victim")"
  undisturbed "$(others_than "$victim")"
}

@test "failover: a holder keeps leadership, its CMD undisturbed, while its member is cut off silently" {
  link 1
  first=$address first_link=$group
  link 2
  hold "$first,$address"
  wait_for 10 more_renewals 1
  if grep -q "LeaseKeepAlive to $first: ok" "$BATS_TEST_TMPDIR/holder.err"; then group=$first_link; fi
  kill -STOP -- "-$group"
  undisturbed "$(url 3)"
}

@test "failover: a wait goes on over a restart of the whole cluster that is shorter than the TTL" {
  start "$BATS_TEST_TMPDIR/leader" "$ELECTCTL" campaign "$name" first --ttl 30s
  leader=$!
  wait_for 10 leads "$name" first
  start "$BATS_TEST_TMPDIR/waiter" "$ELECTCTL" campaign "$name" second --ttl 30s
  waiter=$!
  wait_for 10 stands "$name" 2
  for i in 1 2 3; do kill_member "$i"; done
  for i in 1 2 3; do "$SANDBOX_DIR/member-$i.start" 3>&-; done
  heal 3
  kill -0 "$waiter" "$leader"
  kill -INT "$leader"
  ended "$leader" 0
  wait_for 20 grep -qx second "$BATS_TEST_TMPDIR/waiter"
  leads "$name" second
}

@test "failover: streams of a member that lost its quorum are left for another" {
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --debug observe "$name" -w json
  observer=$!
  wait_for 10 grep -q 'Range' "$BATS_TEST_TMPDIR/events.err"
  put_until_seen() {
    "$ETCDCTL" put "$name/1" "$1" >/dev/null
    wait_for 10 grep -q "\"$1\"" "$BATS_TEST_TMPDIR/events"
  }
  put_until_seen before
  # Two members stop, so the third has no raft leader. It ends its streams, because they asked for that (hasleader).
  kill -STOP "$(member 2)" "$(member 3)"
  wait_for 30 grep -qE 'watch on .* ended' "$BATS_TEST_TMPDIR/events.err"
  kill -CONT "$(member 2)" "$(member 3)"
  heal 3
  put_until_seen after
  kill -0 "$observer"
}

@test "failover: with one dead and one stopped endpoint among three a leader query answers within 1.5 s" {
  if is_sanitized; then skip "a sanitizer makes the program's own start several times as long"; fi
  etcdctl put "$name/1" v
  kill_member 1
  # Two members still run. The third endpoint leads to one of them, but does not answer.
  link 2
  stopped=$address
  kill -STOP -- "-$group"
  wait_for 20 eval 'ETCDCTL_ENDPOINTS=$(url 3) "$ETCDCTL" get x'
  dead=$(url 1) live=$(url 3)
  for endpoints in "$dead,$stopped,$live" "$stopped,$dead,$live" "$live,$stopped,$dead" "$stopped,$live,$dead" "$dead,$live,$stopped"; do
    for ((i = 0; i < 4; i++)); do # Each starts with a random endpoint.
      before=$(date +%s%N)
      [[ $(electctl --endpoints "$endpoints" leader "$name" --print-value-only) == v ]]
      took=$((($(date +%s%N) - before) / 1000000))
      echo "$endpoints $took ms"
      ((took <= 1500))
    done
  done
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
