#!/usr/bin/env bats
# How many calls an operation costs, counted by the server.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() { end_started; }

# calls: prints how many calls the server has started so far, by method: "Range 3".
calls() { curl -sf "$ETCDCTL_ENDPOINTS/metrics" | sed -nE 's/^grpc_server_started_total\{grpc_method="([A-Za-z]+)",grpc_service="etcdserverpb.*\} ([0-9e+.]+)$/\1 \2/p' | sort; }
# cost COMMAND...: prints the calls that it made: "LeaseGrant 1, Txn 1".
cost() {
  local before after
  before=$(calls)
  "$@" >/dev/null || true
  after=$(calls)
  join -a 2 -e 0 -o 0,1.2,2.2 <(echo "$before") <(echo "$after") | awk '$3 > $2 { printf "%s%s %d", sep, $1, $3 - $2; sep = ", " }'
}
costs() {
  local expected=$1 seen
  shift
  seen=$(cost "$@")
  [[ $seen == "$expected" ]] || { echo "'$*' costs $seen in place of $expected"; return 1; }
}
sum() { tr ',' '\n' <<<"$1" | awk '{ s += $2 } END { print s + 0 }'; }

@test "calls: leader 1, inspect 1 and one more for each lease whose TTL it shows" {
  for value in a b c; do
    start "$BATS_TEST_TMPDIR/$value" "$ETCDCTL" elect "$name" "$value"
  done
  wait_for 10 stands "$name" 3
  costs "Range 1" electctl leader "$name"
  costs "Range 1" electctl inspect "$name"
  costs "LeaseTimeToLive 3, Range 1" electctl inspect "$name" -w json
}

@test "calls: observe 2, and no lease" {
  etcdctl put "$name/1" v
  costs "Range 1, Watch 1" electctl observe "$name" --timeout 300ms
}

@test "calls: campaign -- true 3 or 4" {
  seen=$(cost electctl campaign "$name" v -- true)
  echo "$seen"
  (($(sum "$seen") <= 4))
  [[ $seen == *"LeaseGrant 1"*"LeaseRevoke 1"*"Txn 1"* ]]
}

@test "calls: --once 3 more than without it: the record's lease, the claim, the end" {
  without=$(sum "$(cost electctl campaign "$name" v -- true)")
  with=$(cost electctl campaign "$name" v --once id -- true)
  echo "$with"
  (($(sum "$with") <= without + 3))
  [[ $with == *"LeaseGrant 2"*"Txn 3"* ]]
  # To run a failed ID again costs one more call: the Txn that found its record.
  electctl campaign "$name" v --once failed -- false || true
  (($(sum "$(cost electctl campaign "$name" v --once failed --retry -- true)") <= without + 4))
  costs "Range 1" electctl inspect "$name" --runs
  costs "Range 1" electctl inspect "$name" --runs --id id
}

# handover COUNT: prints the calls of a handover with so many waiting candidates, from the leader's resignation to the
# output of the next leader.
handover() {
  local i before after first
  local election=$name-$1
  start "$BATS_TEST_TMPDIR/leader" "$ELECTCTL" campaign "$election" leader --ttl 120s
  first=$!
  wait_for 10 stands "$election" 1
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$election" next --ttl 120s
  wait_for 10 stands "$election" 2
  for ((i = 0; i < $1; i++)); do
    start "$BATS_TEST_TMPDIR/waiter-$i" "$ELECTCTL" campaign "$election" "waiter $i" --ttl 120s
  done
  wait_for 60 stands "$election" $(($1 + 2))
  before=$(calls)
  kill -INT "$first"
  wait_for 10 grep -qx next "$BATS_TEST_TMPDIR/next"
  ended "$first" 0
  after=$(calls)
  # Renewals do not count: how many there are depends on the time.
  join -a 2 -e 0 -o 0,1.2,2.2 <(echo "$before") <(echo "$after") | awk '$1 != "LeaseKeepAlive" && $3 > $2 { printf "%s %d,", $1, $3 - $2 }'
  end_started
  # shellcheck disable=SC2034
  started=()
}

@test "calls: a handover costs the same with 10 and with 300 waiting candidates" {
  local most=300
  # A program built with a sanitizer needs too much memory for so many.
  if is_sanitized; then most=40; fi
  few=$(handover 10)
  many=$(handover "$most")
  echo "10: $few $most: $many"
  [[ $few == "$many" ]]
  [[ $few == "LeaseRevoke 1,Txn 1," ]]
}
