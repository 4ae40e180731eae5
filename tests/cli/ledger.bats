#!/usr/bin/env bats
# The run ledger: what campaign --once records, what --retry runs again, what inspect --runs and --verify print about it.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { name=$(name_of_test); }
teardown() { end_started; }

runs() { electctl inspect "$name" --runs -w json "$@"; }
# once ID OPTION... -- CMD: campaign --once --try.
once() { electctl campaign "$name" "${host-v}" --try --once "$@"; }
# start_run ID OPTION... [-- CMD]: starts it in the background, and waits until the run is claimed. Its process is $runner.
start_run() {
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" campaign "$name" v --once "$@"
  # shellcheck disable=SC2034
  runner=$! claimed=$1
  # shellcheck disable=SC2016
  wait_for 10 eval 'state_is "$claimed" running >/dev/null'
}
# killed PID: kills it with SIGKILL. Its guard then kills CMD.
killed() {
  kill -KILL "$1"
  ended "$1" 137
}
token_now() { electctl leader "$name" -w json | jq .create_revision; }

@test "ledger: times are UTC, whatever the time zone of the host that runs CMD, and of the one that asks" {
  TZ=JST-9 once zoned -- true
  TZ=EST5 electctl inspect "$name" --runs -w json | jq -e --argjson now "$(date +%s)" '
    .runs[0] | [.began, .ended][] | sub("[.][0-9]+Z$"; "Z") | fromdateiso8601 | . >= $now - 60 and . <= $now'
  TZ=EST5 electctl inspect "$name" --runs -w prometheus | awk -v now="$(date +%s)" '
    /^electctl_last_run_(begin|end)_timestamp_seconds/ { ++seen; if ($NF < now - 60 || $NF > now) exit 1 }
    END { exit seen == 0 }'
}

@test "ledger: a run that ended with 0 is done: its host, token, begin, end and code" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  start_run other -- cat "$BATS_TEST_TMPDIR/fifo"
  token=$(token_now) key=$(electctl leader "$name" --keys-only | head -n 1)
  run_is other '[.value, .key, .token, .ended, .exit_code, .reason]' "[\"v\",\"$key\",$token,null,null,\"\"]"
  run -11 electctl inspect "$name" --runs --id other
  : >"$BATS_TEST_TMPDIR/fifo"
  ended "$runner" 0
  run_is other '[.state, .value, .token, .exit_code, .reason]' "[\"done\",\"v\",$token,0,\"\"]"
  runs --id other | jq -e '.runs[0] | .began <= .ended and (.ended | test("^[0-9-]+T[0-9:]+[.][0-9]{3}Z$"))'
  electctl inspect "$name" --runs --id other
}

@test "ledger: CMD that ends with another code, or cannot be run, failed" {
  run -3 once a -- sh -c 'exit 3'
  run_is a '[.state, .exit_code]' '["failed",3]'
  run -127 once b -- "$BATS_TEST_TMPDIR/none"
  run_is b '[.state, .exit_code, (.reason | test("none"))]' '["failed",127,true]'
  run -137 once c -- sh -c 'kill -KILL $$'
  run_is c '[.state, .exit_code]' '["failed",137]'
}

@test "ledger: CMD that electctl ended is ended, with the reason" {
  run -124 once a --max-runtime 200ms -- sleep 60
  run_is a '[.state, .exit_code, .reason]' '["ended",null,"CMD ran longer than 200ms (--max-runtime) and was ended"]'
  start_run b -- sleep 60
  kill -TERM "$runner"
  ended "$runner" 143
  run_is b '[.state, .exit_code, .reason]' '["ended",143,"SIGTERM"]'
  start_run c -- sleep 60
  electctl resign "$name" --leader
  ended "$runner" 12
  run_is c '[.state, .exit_code, (.reason | test("^leadership of '.*' lost: "))]' '["ended",null,true]'
  start_run d -- sleep 60
  electctl resign "$name" --leader --revoke
  ended "$runner" 12
  state_is d ended
}

@test "ledger: CMD that SIGHUP or SIGQUIT ended is ended, with the reason; one that lived on is not" {
  for signal in HUP:129 QUIT:131; do
    id=${signal%:*}
    start "$BATS_TEST_TMPDIR/run" env --default-signal=QUIT "$ELECTCTL" campaign "$name" v --once "$id" -- \
      sh -c 'touch "$1"; exec sleep 60' _ "$BATS_TEST_TMPDIR/$id"
    wait_for 10 test -e "$BATS_TEST_TMPDIR/$id"
    kill "-$id" "$!"
    ended "$!" "${signal#*:}"
    run_is "$id" '[.state, .exit_code, .reason]' "[\"ended\",${signal#*:},\"SIG$id\"]"
  done
  start_run on -- bash -c "trap 'exit 3' HUP; touch $BATS_TEST_TMPDIR/trapped; while :; do sleep 0.05; done"
  wait_for 10 test -e "$BATS_TEST_TMPDIR/trapped"
  kill -HUP "$runner"
  ended "$runner" 3
  run_is on '[.state, .exit_code, .reason]' '["failed",3,""]'
}

@test "ledger: CMD that ends with 0 at SIGTERM is done" {
  start_run id -- bash -c "trap 'exit 0' TERM; touch $BATS_TEST_TMPDIR/trapped; while :; do sleep 0.05; done"
  wait_for 10 test -e "$BATS_TEST_TMPDIR/trapped"
  kill -TERM "$runner"
  ended "$runner" 0
  state_is id "done"
}

@test "ledger: where electctl was killed its run is abandoned once its candidate is gone, running until then" {
  start_run id --ttl 2s -- sleep 60
  killed "$runner"
  state_is id running
  wait_for 10 eval 'state_is id abandoned >/dev/null'
  run_is id '[.ended, .exit_code]' '[null,null]'
  run -11 electctl inspect "$name" --runs --id id
}

@test "--retry: what failed, was ended or is abandoned is run again, what is done is not" {
  run -3 once a -- sh -c 'exit 3'
  run -11 once a -- echo again
  [[ -z $output ]]
  first=$(runs --id a | jq '.runs[0].token')
  run -0 once a --retry -- echo again
  [[ $output == again ]]
  run_is a '[.state, .exit_code, .token > '"$first"']' '["done",0,true]'
  run -11 once a --retry -- echo third
  [[ -z $output ]]

  run -124 once b --max-runtime 100ms -- sleep 60
  run -0 once b --retry -- true
  state_is b "done"

  start_run c --ttl 2s -- sleep 60
  killed "$runner"
  run -0 electctl campaign "$name" other --once c --retry -- echo again
  [[ $output == again ]]
  run_is c '[.state, .value]' '["done","other"]'
  run -11 once c --retry -- true
}

@test "--retry: who waits in the queue takes over where the one in front fails or dies, and not where it is done" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  for how in fails dies "done"; do
    start_run "$how" --ttl 2s -- bash -c "exit \$(<$BATS_TEST_TMPDIR/fifo)"
    start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next --once "$how" --retry -- echo took over
    next=$!
    wait_for 10 stands "$name" 2
    case $how in
      fails) echo 1 >"$BATS_TEST_TMPDIR/fifo" ;;
      dies) killed "$runner" ;;
      done) echo 0 >"$BATS_TEST_TMPDIR/fifo" ;;
    esac
    if [[ $how == "done" ]]; then
      ended "$next" 11
      [[ ! -s $BATS_TEST_TMPDIR/next ]]
    else
      ended "$next" 0
      [[ $(<"$BATS_TEST_TMPDIR/next") == "took over" ]]
      run_is "$how" '[.state, .value]' '["done","next"]'
    fi
  done
}

@test "--retry: where a third party ends a candidacy, the next one waits until CMD has ended" {
  job="exec 9>$BATS_TEST_TMPDIR/lock; flock -n 9 || echo doubled; trap 'sleep 0.7; date +%s%3N >$BATS_TEST_TMPDIR/over; exit 1' TERM; touch $BATS_TEST_TMPDIR/trapped"
  start_run id -- bash -c "$job; while :; do sleep 0.05; done"
  wait_for 10 test -e "$BATS_TEST_TMPDIR/trapped"
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next --once id --retry -- bash -c "$job; echo took over"
  next=$!
  wait_for 10 stands "$name" 2
  electctl resign "$name" --leader
  ended "$runner" 12
  ended "$next" 0
  [[ $(<"$BATS_TEST_TMPDIR/next") == "took over" ]]
  # The recorded begin is when CMD could start: after the earlier CMD was over.
  (($(date -d "$(runs --id id | jq -r '.runs[0].began')" +%s%3N) >= $(<"$BATS_TEST_TMPDIR/over")))
}

@test "--retry: a run that still runs is left alone, also by another process under the same lease" {
  lease=$(grant 60)
  start_run id --lease "$lease" -- sleep 60
  run -11 electctl campaign "$name" v --lease "$lease" --once id --retry -- echo doubled
  [[ -z $output ]]
  # Both are the same candidate. If one withdraws, the candidate is gone.
  ended "$runner" 12
  state_is id ended
}

@test "--retry with --session: the next run of the same session takes up what the one before it left" {
  file=$BATS_TEST_TMPDIR/session
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" campaign "$name" v --session "$file" --try --once id -- sleep 60
  wait_for 10 eval 'state_is id running >/dev/null'
  killed "$!"
  # The guard closes the session file when CMD is dead.
  wait_for 10 electctl campaign "$name" v --session "$file" --try --once id --retry -- touch "$BATS_TEST_TMPDIR/ran"
  [[ -e $BATS_TEST_TMPDIR/ran ]]
  state_is id "done"
}

@test "ledger: a run that somebody has claimed anew is not overwritten by the late end of the one before" {
  start_run id -- bash -c "trap '' TERM; read -r < <(sleep 60)"
  record=electctl-once:$name:id
  # Plays another candidate: it changes the record while CMD is being ended.
  etcdctl put "$record" "$(etcdctl get "$record" --print-value-only | jq -c '.value = "another"')" --ignore-lease
  electctl resign "$name" --leader
  ended "$runner" 12
  run_is id '[.value, .ended]' '["another",null]'
  [[ $(<"$BATS_TEST_TMPDIR/run.err") == *"electctl: the end of run 'id' (ended) was not recorded: somebody has claimed it anew"* ]]
}

@test "ledger: a record that is gone before the run has ended is no reason for another exit code" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  start_run id -- bash -c "exit \$(<$BATS_TEST_TMPDIR/fifo)"
  etcdctl del "electctl-once:$name:id"
  echo 7 >"$BATS_TEST_TMPDIR/fifo"
  ended "$runner" 7
  [[ $(<"$BATS_TEST_TMPDIR/run.err") == "electctl: the end of run 'id' (failed) was not recorded: its record was deleted, or has expired" ]]
}

# left_of_record ID: the seconds that its record has left to live, by etcd.
left_of_record() {
  local lease
  lease=$(etcdctl get "electctl-once:$name:$1" -w fields | sed -n 's/^"Lease" : //p')
  etcdctl lease timetolive "$(printf %x "$lease")" -w json | jq .ttl
}

@test "ledger: a run that takes longer than --once-keep is not forgotten: its record is renewed while CMD runs" {
  start_run id --once-keep 6s -- sleep 60
  renewed() {
    local left
    left=$(left_of_record id)
    ((left >= 0)) || { echo "the record is gone"; return 1; }
    [[ $least && $left -gt $least ]] || { least=$left; return 1; }
  }
  least=
  # The first renewal comes after 2 s.
  wait_for 20 renewed
  [[ $(left_of_record id) -ge $least ]]
}

@test "ledger: --linger holds leadership on, and the end is recorded before" {
  start "$BATS_TEST_TMPDIR/run" "$ELECTCTL" campaign "$name" v --once id --linger 60s -- true
  wait_for 10 eval 'state_is id "done" >/dev/null'
  stands "$name" 1
  kill -TERM "$!"
  ended "$!" 0
  run_is id '[.state, .exit_code]' '["done",0]'
}

@test "ledger: records of 0.1.0 are claims without an end, and --retry leaves them alone" {
  etcdctl put "electctl-once:$name:old" "$name/abc"
  run_is old '[.state, .key, .token, .began, .ended, .value]' "[\"abandoned\",\"$name/abc\",null,null,null,\"\"]"
  etcdctl put "$name/abc" v
  state_is old running
  etcdctl del "$name/abc"
  run -11 once old --retry -- echo again
  [[ -z $output ]]
}

@test "ledger: records of a later version, or of no sense, are shown, and --retry leaves them alone" {
  n=0
  for value in '{"version":2,"value":"future","key":"x","token":1,"state":"paused","ended":7}' '{"version":1}' '{' '' \
    $'\xff\x1b[2J' '[1,2]' '{"version":1,"key":"'"$name"'/1","token":18446744073709551615,"began":"tomorrow"}'; do
    etcdctl put "electctl-once:$name:$((++n))" -- "$value"
    run -11 once "$n" --retry -- echo again
    [[ -z $output ]]
  done
  electctl inspect "$name" --runs -w json | jq -e ".runs | length == $n"
  electctl inspect "$name" --runs -w table >"$BATS_TEST_TMPDIR/table"
  run -1 grep -q $'\x1b' "$BATS_TEST_TMPDIR/table"
  [[ $(electctl inspect "$name" --runs -w simple | wc -l) == "$n" ]]
}

@test "inspect --runs: oldest claim first, in each form" {
  host=a once first -- true
  host=b run -3 once second -- sh -c 'exit 3'
  run -0 electctl inspect "$name" --runs
  [[ $(cut -f 1,2,3,7 <<<"$output") == $'first\tdone\ta\t0\nsecond\tfailed\tb\t3' ]]
  [[ $(cut -f 6 <<<"${lines[0]}") =~ ^[0-9]+[.][0-9]{3}$ ]]
  run -0 electctl inspect "$name" --runs -w table
  [[ ${lines[0]} =~ ^ID\ +STATE\ +VALUE\ +TOKEN\ +BEGAN\ +TOOK\ +EXIT\ +REASON ]]
  [[ ${lines[2]} == second*failed*b*3* ]]
  runs | jq -e '(keys_unsorted == ["election", "revision", "runs"]) and (.runs[0] | keys_unsorted ==
    ["id", "state", "value", "key", "token", "began", "ended", "exit_code", "reason"])'
  run -0 electctl inspect "$name" --runs -w prometheus
  for line in "electctl_up{election=\"$name\"} 1" "electctl_last_run_state{election=\"$name\",state=\"failed\"} 1" \
    "electctl_last_run_state{election=\"$name\",state=\"done\"} 0" "electctl_last_run_exit_code{election=\"$name\"} 3"; do
    grep -qxF "$line" <<<"$output"
  done
  grep -qE "^electctl_last_run_info\{election=\"$name\",id=\"second\",value=\"b\",key=\"$name/[0-9a-f]+\"\} 1$" <<<"$output"
  ended_at=$(sed -nE 's/^electctl_last_run_end_timestamp_seconds\{.*\} //p' <<<"$output")
  ((ended_at > $(date +%s) - 60 && ended_at <= $(date +%s)))
  run -4 --separate-stderr electctl inspect "$name" --runs -w fields
}

@test "inspect --runs: a run that is claimed anew moves to its new place" {
  run -3 once first -- sh -c 'exit 3'
  once second -- true
  once first --retry -- true
  [[ $(electctl inspect "$name" --runs | cut -f 1) == $'second\nfirst' ]]
}

@test "inspect --runs: where there is none, or none of that ID: exit 10; etcd is not to be had: as ever" {
  run -10 electctl inspect "$name" --runs
  [[ -z $output ]]
  run -10 electctl inspect "$name" --runs -w json
  [[ $(jq -c .runs <<<"$output") == '[]' ]]
  once id -- true
  run -10 electctl inspect "$name" --runs --id other
  run -0 electctl inspect "$name" --runs --id id
  [[ $output == id$'\t'* ]]
  run -2 --separate-stderr electctl --endpoints 127.0.0.1:1 inspect "$name" --runs -w prometheus
  grep -qxF "electctl_up{election=\"$name\"} 0" <<<"$output"
}

@test "inspect --runs --rev N: as of that revision" {
  once a -- true
  revision=$(runs | jq .revision)
  once b -- true
  [[ $(runs --rev "$revision" | jq -c '[.runs[].id]') == '["a"]' ]]
}

@test "inspect --runs --rev N: of a revision that is compacted or to come it says which ones there are" {
  once a -- true
  revision=$(runs | jq .revision)
  once b -- true
  run -1 electctl inspect "$name" --runs --rev 100000000
  [[ $output == "Error: revision 100000000 does not exist yet (the store is at "* ]]
  etcdctl compaction "$((revision + 1))"
  for id in '' '--id a'; do
    # shellcheck disable=SC2086
    run -1 electctl inspect "$name" --runs --rev "$revision" $id
    [[ $output == "Error: revision $revision has been compacted; the oldest one left is $((revision + 1))"* ]]
  done
}

@test "inspect --runs: hostile names, IDs and values" {
  name+=$'\xff\x1b[2J:%/' host=$'\xfe\x1b]0;x\a'
  id=$'\xff\t\n\x1b[31m/%:'
  once "$id" -- true
  run -0 electctl inspect "$name" --runs --id "$id" -w json
  [[ $(jq -r '.runs[0].id_base64' <<<"$output" | base64 -d) == "$id" ]]
  [[ $(jq -r '.runs[0].value_base64' <<<"$output" | base64 -d) == "$host" ]]
  [[ $(jq -r '.runs[0].state' <<<"$output") == "done" ]]
  for format in simple table prometheus; do
    electctl inspect "$name" --runs -w "$format" >"$BATS_TEST_TMPDIR/out"
    run -1 env LC_ALL=C grep -q $'[\x1b\a\xff\xfe]' "$BATS_TEST_TMPDIR/out"
  done
  [[ $(electctl inspect "$name" --runs | awk -F '\t' '{ print NF }') == 8 ]]
}

@test "inspect --runs --watch: each change of the ledger, and a candidate that is gone" {
  start "$BATS_TEST_TMPDIR/watch" "$ELECTCTL" inspect "$name" --runs --watch -w json
  watching=$!
  seen() { [[ $(tail -n 1 "$BATS_TEST_TMPDIR/watch" | jq -c '[.runs[] | [.id, .state]]') == "$1" ]]; }
  wait_for 10 seen '[]'
  run -3 once a -- sh -c 'exit 3'
  wait_for 10 seen '[["a","failed"]]'
  once a --retry -- true
  wait_for 10 seen '[["a","done"]]'
  start_run b --ttl 2s -- sleep 60
  wait_for 10 seen '[["a","done"],["b","running"]]'
  killed "$runner"
  wait_for 10 seen '[["a","done"],["b","abandoned"]]'
  kill -INT "$watching"
  ended "$watching" 0
}

@test "inspect --runs --etcdctl: the commands that show the same" {
  once id -- true
  run -0 electctl inspect "$name" --runs --etcdctl
  [[ $(bash -c "$output") == "electctl-once:$name:id"$'\n''{"version":1,'* ]]
}

@test "inspect --runs: 100,000 records are read in pages, all of one revision" {
  many=100000
  for ((first = 1; first <= many; first += 125)); do
    # A Txn without compares, with as many puts as etcd accepts in one, and no failure branch.
    { echo; seq -f "put electctl-once:$name:%06g $name/1" "$first" $((first + 124)); echo; echo; } |
      etcdctl txn >"$BATS_TEST_TMPDIR/answer"
  done
  electctl inspect "$name" --runs >"$BATS_TEST_TMPDIR/all"
  (($(cut -f 1 "$BATS_TEST_TMPDIR/all" | sort -u | wc -l) == many))
  run -0 --separate-stderr electctl inspect "$name" --runs --debug
  (($(grep -c RangeRequest <<<"$stderr") >= many / 1000))
  run -11 electctl inspect "$name" --runs --id 000007
  etcdctl del "electctl-once:$name:" --prefix
}

checked() { electctl inspect "$name" --verify -w json | jq -c '.checks[] | select(.check == "runs") | [.ok, .detail]'; }

@test "inspect --verify: a sound ledger is ok" {
  run -3 once a -- sh -c 'exit 3'
  once a --retry -- true
  start_run b -- sleep 60
  [[ $(checked) == '[true,"2 runs in the ledger, none abandoned, none claimed twice"]' ]]
}

@test "inspect --verify: an abandoned run is a fault; a record of 0.1.0 is none" {
  etcdctl put "electctl-once:$name:old" "$name/abc"
  etcdctl put "$name/1" v
  [[ $(checked) == '[true,'* ]]
  etcdctl put "electctl-once:$name:id" '{"version":1,"value":"v","key":"'"$name"'/abc","token":3}'
  run -13 electctl inspect "$name" --verify
  [[ $output == *"FAULT  runs       run 'id' is abandoned: $name/abc is gone, and no end is recorded"* ]]
}

@test "inspect --verify: two runs of one ID that overlap by their tokens are a fault, and one after it was done" {
  record() { printf '{"version":1,"value":"v","key":"%s/%s","token":%s%s}' "$name" "$1" "$2" "${3-}"; }
  etcdctl put "$name/1" v
  token=$(token_now)
  etcdctl put "$name/2" w
  later=$(etcdctl get "$name/2" -w json | jq '.kvs[0].create_revision')
  etcdctl put "electctl-once:$name:twice" "$(record 1 "$token")"
  etcdctl put "electctl-once:$name:twice" "$(record 2 "$later")"
  [[ $(checked) == "[false,\"run 'twice' was claimed with token $later while it ran with $token\"]" ]]
  etcdctl del "electctl-once:$name:twice"
  etcdctl put "electctl-once:$name:again" \
    "$(record 1 "$token" ',"state":"done","ended":"2026-01-31T02:00:00.000Z","exit_code":0')"
  etcdctl put "electctl-once:$name:again" "$(record 2 "$later")"
  [[ $(checked) == "[false,\"run 'again' was claimed with token $later after it was done with $token\"]" ]]
}

@test "--retry needs --once, --id needs --runs and does not go with --history" {
  run -128 electctl campaign "$name" v --retry -- true
  run -128 electctl inspect "$name" --id x
  run -128 electctl inspect "$name" --runs --history --id x
}
