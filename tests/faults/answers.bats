#!/usr/bin/env bats
# Single answers of etcd that come late, altered or not at all: what observers, holders and resignations must not do then.
load linked
load callproxy

put() { etcdctl put "$name/$1" "$2" "${@:3}" >/dev/null; }
events() { jq -r '[.event, .value] | join(" ")' "$1"; }
value_of() { etcdctl get "$1" --print-value-only; }

# two_ways: makes two endpoints that lead to the same member, each through callproxy.
two_ways() {
  local one=$ETCDCTL_ENDPOINTS
  ETCDCTL_ENDPOINTS=$one,$one
  start_callproxy
  ETCDCTL_ENDPOINTS=$one
}

@test "a learner among the endpoints, or a member that is not capable: calls, watches and renewals go to another" {
  two_ways
  put 1 v
  for fault in "status 9 etcdserver: rpc not supported for learner" "status 14 etcdserver: rpc not supported for learner" \
    "status 9 etcdserver: not capable"; do
    plan "here Range 1 1 before $fault"
    run -0 --separate-stderr electctl --endpoints "$proxied" leader "$name" --print-value-only
    [[ $output == v && -z $stderr ]]
    plan "here Watch 1 1 before $fault"
    start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$proxied" observe "$name" --until w
    wait_for 10 did "answered Watch 2"
    put 1 w
    ended "$!" 0
    put 1 v
    plan "here LeaseKeepAlive 1 1 before $fault"
    run -0 electctl --endpoints "$proxied" campaign "$name-holder" v --ttl 3s -- sleep 5
    did "fault LeaseKeepAlive 1"
  done
}

@test "a learner alone: it is said, and what to do" {
  start_callproxy
  plan "always Range 1 1 before status 9 etcdserver: rpc not supported for learner"
  run -1 --separate-stderr electctl --endpoints "$address" --command-timeout 500ms leader "$name"
  [[ $stderr == "Error: this member is a learner and cannot serve this (etcdserver: rpc not supported for learner): give the endpoint of a voting member (endpoint $address)" ]]
}

@test "a stream that ends without a status: observe and leader --wait go on" {
  start_callproxy
  for fault in "before end" "after end" "before status 13 stream terminated by RST_STREAM"; do
    etcdctl del "$name/" --prefix >/dev/null
    plan "once Watch 1 1 $fault"
    start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" observe "$name" --until v
    wait_for 10 did "answered Watch 2"
    put 1 v
    ended "$!" 0
    etcdctl del "$name/" --prefix >/dev/null
    plan "once Watch 1 1 $fault"
    start "$BATS_TEST_TMPDIR/leader" "$ELECTCTL" --endpoints "$address" leader "$name" --wait 20s
    wait_for 10 did "answered Watch 2"
    put 1 v
    ended "$!" 0
  done
}

@test "observe: what happens between its first look and its watch is told" {
  start_callproxy
  put 1 v
  plan "once Watch 1 1 before hold 1000"
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" observe "$name" -w json --until w
  observer=$!
  wait_for 10 did "called Watch 1"
  put 1 w
  ended "$observer" 0
  [[ $(events "$BATS_TEST_TMPDIR/events") == $'elected v\nproclaimed w' ]]
}

@test "an endpoint that does not answer a call has its share of the time, and another the rest" {
  two_ways
  put 1 v
  plan "here Range 1 1 before silence"
  run -0 --separate-stderr electctl --endpoints "$proxied" --command-timeout 3s leader "$name" --print-value-only
  [[ $output == v && -z $stderr ]]
}

@test "resign --revoke whose first answer is lost: a newer candidacy of the same lease lives on" {
  start_callproxy
  lease=$(grant 600)
  put "$lease" old --lease "$lease"
  plan "once Txn 1 1 after cut" "once Txn 2 1 before hold 3000"
  start "$BATS_TEST_TMPDIR/resign" "$ELECTCTL" --endpoints "$address" resign "$name" --leader --revoke
  resign=$!
  wait_for 10 did "called Txn 2"
  etcdctl del "$name/$lease"
  put "$lease" newer --lease "$lease"
  ended "$resign" 10
  [[ $(value_of "$name/$lease") == newer ]]
}

@test "resign --revoke whose answers are lost ends the lease" {
  start_callproxy
  lease=$(grant 600)
  put "$lease" v --lease "$lease"
  plan "once Txn 1 1 after cut" "once LeaseRevoke 1 1 after cut"
  run -0 electctl --endpoints "$address" resign "$name" --leader --revoke
  etcdctl lease timetolive "$lease" | grep -q "already expired"
}

@test "--lease: the answer to standing is lost, then SIGTERM: no key is left" {
  lease=$(grant 600)
  for when in after "before"; do
    # A proxy for each: what the first one has printed says nothing about the second candidate.
    rm -f "$BATS_TEST_TMPDIR/plan"
    start_callproxy
    plan "once Txn 1 1 $when silence"
    start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" --command-timeout 30s campaign "$name" v --lease "$lease"
    candidate=$!
    wait_for 10 did "fault Txn 1"
    if [[ $when == after ]]; then [[ $(value_of "$name/$lease") == v ]]; fi
    # A third signal also ends the wait for a key that may still appear.
    kill -TERM "$candidate"
    if [[ $when == "before" ]]; then
      wait_for 10 did "called Range 2"
      kill -TERM "$candidate" && sleep 0.1 && kill -TERM "$candidate"
    fi
    ended "$candidate" 143
    [[ -z $(etcdctl get "$name/" --prefix) ]]
  done
  etcdctl lease timetolive "$lease" | grep -q remaining
}

@test "--lease: a key that stood before is left standing" {
  start_callproxy
  lease=$(grant 600)
  put "$lease" v --lease "$lease"
  plan "once Txn 1 1 after silence"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" --command-timeout 30s campaign "$name" w --lease "$lease"
  candidate=$!
  wait_for 10 did "fault Txn 1"
  kill -TERM "$candidate"
  ended "$candidate" 143
  [[ -n $(value_of "$name/$lease") ]]
}

# overtaken OPTION...: prints what an observer saw of an election that "v" leads. While the observer's watch was on its way,
# others wrote to the store and compacted it. Then "end" is proclaimed.
overtaken() {
  local observer
  put 1 v
  plan "once Watch 1 1 before hold 3000"
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" observe "$name" "$@" -w json --until end
  observer=$!
  wait_for 10 did "called Watch 1"
  for i in 1 2 3 4 5; do etcdctl put "foreign-$i" x >/dev/null; done
  etcdctl compaction "$(electctl inspect "$name" -w json | jq .revision)" >/dev/null
  wait_for 20 did "answered Watch 2"
  put 1 end
  # This runs in a subshell, so teardown does not know the process.
  ended "$observer" 0 || { kill -KILL "$observer"; return 1; }
  events "$BATS_TEST_TMPDIR/events"
}

@test "an idle election, foreign writes, a compaction, a reconnect: observers are told nothing" {
  start_callproxy
  seen=$(overtaken)
  [[ $seen == $'elected v\nproclaimed end' ]]
}

@test "the same for all elections of a prefix: a gap, since others may have come and gone; but no leader again" {
  start_callproxy
  seen=$(overtaken --prefix)
  [[ $seen == $'elected v\ngap \nproclaimed end' ]]
}

@test "observe --prefix: who went while a compaction overtook the watch is told as a vacancy behind the gap" {
  start_callproxy
  etcdctl put "$name/x/1" v
  etcdctl put "$name/y/1" w
  plan "once Watch 1 1 before hold 2000"
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" observe "$name/" --prefix -w json --until end
  observer=$!
  wait_for 10 did "called Watch 1"
  etcdctl del "$name/y/1"
  etcdctl put foreign x
  etcdctl compaction "$(electctl inspect "$name" -w json | jq .revision)"
  wait_for 20 did "answered Watch 2"
  etcdctl put "$name/x/1" end
  ended "$observer" 0
  [[ $(events "$BATS_TEST_TMPDIR/events") == $'elected v\nelected w\ngap \nvacant w\nproclaimed end' ]]
}

@test "inspect --history: a past that comes late is told whole, or it is an error" {
  start_callproxy
  etcdctl put "$name/1" v
  etcdctl del "$name/1"
  # Before or after the answer that the watch is created there are others. Which of them holds the past depends on
  # the version of etcd.
  local errors=0
  for answer in 1 2 3; do
    plan "once Watch 1 $answer after hold 2500"
    run -0 electctl --endpoints "$address" inspect "$name" --history -w json
    [[ $(jq -c '[.terms[].value]' <<<"$output") == '["v"]' ]]
    plan "always Watch 1 $answer after silence"
    run --separate-stderr electctl --endpoints "$address" --command-timeout 2s inspect "$name" --history -w json
    if ((status == 0)); then
      [[ $(jq -c '[.terms[].value]' <<<"$output") == '["v"]' ]]
    else
      ((status == 1)) && [[ -z $output && $stderr == "Error: "* ]]
      errors=$((errors + 1))
    fi
  done
  ((errors > 0))
}

# From then on connections are accepted, but get no answer. Existing ones are cut. The listener is in link's group.
make_link_hang() {
  kill -STOP "$group"
  pkill -KILL -P "$group"
}

@test "a dial that hangs: SIGINT ends an observer at once" {
  link 1
  put 1 v
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --endpoints "$address" --dial-timeout 30s --command-timeout 1s --debug observe "$name"
  observer=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/events"
  make_link_hang
  # A call that is not answered. The next step would be to open a watch.
  asked_again() { (($(grep -c 'RangeRequest to' "$BATS_TEST_TMPDIR/events.err") >= 2)); }
  wait_for 20 asked_again
  sleep 0.5
  kill -INT "$observer"
  wait_for 3 not_running "$observer"
  ended "$observer" 0
}

@test "a dial that hangs: a holder learns of its loss in time" {
  link 1
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" --endpoints "$address" --dial-timeout 30s --command-timeout 500ms campaign "$name" v --ttl 4s
  holder=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/holder"
  make_link_hang
  expired() { [[ -z $(etcdctl get "$name/" --prefix) ]]; }
  wait_for 20 expired
  # It has reported the loss. It still tries to revoke the lease, and ends when the lease would have expired.
  wait_for 3 not_running "$holder"
  ended "$holder" 12
}

# proclaims COUNT SIZE: puts so many values of that size through etcd's JSON gateway, with one connection.
proclaims() {
  local key value i
  key=$(printf '%s/1' "$name" | base64 -w0)
  value=$(head -c "$2" /dev/zero | base64 -w0)
  for ((i = 1; i <= $1; i++)); do
    ((i == 1)) || echo next
    printf 'url = "%s/v3/kv/put"\noutput = "/dev/null"\ndata = "{\\"key\\":\\"%s\\",\\"value\\":\\"%s\\"}"\n' "$ETCDCTL_ENDPOINTS" "$key" "$value"
  done | curl -sf --config -
}
# The memory of a process, in KiB.
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

@test "a reader of observe that does not read: memory does not grow with what happens" {
  if is_sanitized; then skip "a sanitizer has a memory of its own"; fi
  put 1 v
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  exec {unread}<>"$BATS_TEST_TMPDIR/fifo"
  # Standard error goes to a file of its own: standard output is the FIFO.
  "$ELECTCTL" observe "$name" >"$BATS_TEST_TMPDIR/fifo" 2>/dev/null 3>&- {unread}<&- &
  observer=$!
  started+=("$observer")
  read -r -u "$unread"
  before=$(memory "$observer")
  proclaims 1500 60000
  after=$(memory "$observer")
  echo "$before KiB before, $after KiB after 90 MB"
  ((after - before < 40000))
}
