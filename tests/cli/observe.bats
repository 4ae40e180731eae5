#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

# lead NAME VALUE: leads for a moment.
lead() {
  start "$BATS_TEST_TMPDIR/lead" "$ELECTCTL" campaign "$1" "$2"
  local pid=$!
  # Waits until it says itself that it leads. If the signal comes earlier, it is still waiting, and exits with 130.
  wait_for 10 has_lines "$BATS_TEST_TMPDIR/lead" 2
  kill -INT "$pid"
  ended "$pid" 0
}
has_lines() { (($(wc -l <"$1") >= $2)); }

@test "observe: simple and fields as etcdctl elect -l" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" first
  holder=$!
  wait_for 10 leads "$name" first
  for format in simple fields; do
    start "$BATS_TEST_TMPDIR/ours.$format" "$ELECTCTL" observe "$name" -w "$format"
    start "$BATS_TEST_TMPDIR/theirs.$format" "$ETCDCTL" elect -l "$name" -w "$format"
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/ours.$format" 2
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/theirs.$format" 2
  done
  electctl proclaim "$name" second --lease "$(electctl leader "$name" -w json | jq -r .lease)"
  for format in simple:4 fields:24; do
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/ours.${format%:*}" "${format#*:}"
    wait_for 10 has_lines "$BATS_TEST_TMPDIR/theirs.${format%:*}" "${format#*:}"
    # At the first read the store's revision differs from run to run.
    varies='^"Revision"'
    # From 3.6 on etcdctl prints no count for a proclaim.
    etcdctl_before 3.6 || varies+='|^"Count"'
    diff <(grep -vE "$varies" "$BATS_TEST_TMPDIR/ours.${format%:*}") \
      <(grep -vE "$varies" "$BATS_TEST_TMPDIR/theirs.${format%:*}")
  done
  kill -INT "$holder"
}

@test "observe -w json: each event once and in order, with the time of receipt" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" -w json --count 4
  observer=$!
  sleep 0
  lead "$name" a
  lead "$name" b
  ended "$observer" 0
  [[ $(jq -r '[.event, .value] | join(" ")' "$BATS_TEST_TMPDIR/events") == $'elected a\nvacant a\nelected b\nvacant b' ]]
  jq -e '.time | test("\\.[0-9]{3}Z$") and (sub("\\.[0-9]+"; "") | fromdateiso8601 > 0)' "$BATS_TEST_TMPDIR/events"
}

@test "observe --until: ends once a leader has this value; --timeout: exit 11 where the time ran out first" {
  name=$(name_of_test)
  run -11 electctl observe "$name" --until b --timeout 200ms
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" --until b --timeout 20s
  observer=$!
  lead "$name" a
  lead "$name" b
  ended "$observer" 0
}

@test "observe --rev: begins in the past; a compacted revision is refused with the reason" {
  name=$(name_of_test)
  lead "$name" a
  lead "$name" b
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" c
  wait_for 10 leads "$name" c
  now=$(electctl leader "$name" -w json | jq .create_revision)
  run -0 electctl observe "$name" --rev 1 --count 5 -w json
  [[ $(jq -r '[.event, .value] | join(" ")' <<<"$output" | tr '\n' ,) == "elected a,vacant a,elected b,vacant b,elected c," ]]
  etcdctl compaction "$now"
  run -1 electctl observe "$name" --rev 1 --count 1
  [[ $output == "Error: "*compacted* ]]
}

@test "observe: SIGINT ends it, exit 0" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" v
  wait_for 10 leads "$name" v
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name"
  wait_for 10 test -s "$BATS_TEST_TMPDIR/events"
  kill -INT "$!"
  ended "$!" 0
}

# put NAME HEX VALUE: puts a candidate without a lease. It stands until it is deleted.
put() { etcdctl put "$1/$2" "$3" >/dev/null; }
drop() { etcdctl del "$1/$2" >/dev/null; }
lines_are() { [[ $(<"$1") == "$2" ]]; }

@test "observe --is: a line for each change of the answer, the first at once" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/roles" "$ELECTCTL" observe "$name" --is me
  observer=$!
  wait_for 10 lines_are "$BATS_TEST_TMPDIR/roles" follower
  put "$name" a other
  put "$name" b me
  drop "$name" a
  wait_for 10 lines_are "$BATS_TEST_TMPDIR/roles" $'follower\nleader'
  put "$name" b me      # The same value again: no change.
  put "$name" b renamed # A proclaim of another value.
  put "$name" b me
  drop "$name" b # A vacancy.
  wait_for 10 lines_are "$BATS_TEST_TMPDIR/roles" $'follower\nleader\nfollower\nleader\nfollower'
  kill -TERM "$observer"
  ended "$observer" 0
  run -0 electctl observe "$name" --is me -w json --count 1
  [[ $(jq -r '[.event, .role] | join(" ")' <<<"$output") == "vacant follower" ]]
}

@test "observe --prefix: all elections below it, those that begin later included, on one watch" {
  name=$(name_of_test)
  put "$name/x" 1 one
  put "$name/y" 2 two
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name/" --prefix -w json --count 6
  observer=$!
  wait_for 10 has_lines "$BATS_TEST_TMPDIR/events" 2
  put "$name/z/deep" 3 three
  put "$name" 4 outside
  drop "$name/x" 1
  put "$name/x" 5 five
  put "$name/y" 2 again
  ended "$observer" 0
  jq -r '[.event, .election, .value] | join(" ")' "$BATS_TEST_TMPDIR/events" >"$BATS_TEST_TMPDIR/told"
  diff "$BATS_TEST_TMPDIR/told" - <<END
elected $name/x one
elected $name/y two
elected $name/z/deep three
vacant $name/x one
elected $name/x five
proclaimed $name/y again
END
}

@test "observe --prefix --is: at the start those that VALUE leads, then every change" {
  name=$(name_of_test)
  put "$name/x" 1 me
  put "$name/y" 2 other
  start "$BATS_TEST_TMPDIR/roles" "$ELECTCTL" observe "$name/" --prefix --is me
  wait_for 10 lines_are "$BATS_TEST_TMPDIR/roles" "leader $name/x"
  drop "$name/x" 1
  put "$name/y" 2 me
  wait_for 10 lines_are "$BATS_TEST_TMPDIR/roles" $'leader '"$name"$'/x\nfollower '"$name"$'/x\nleader '"$name"/y
}

@test "observe -- CMD: once for each event, in order, one at a time, with its variables" {
  name=$(name_of_test)
  put "$name" 1 one
  # CMD runs longer than the time between two changes. Still no two CMDs run at once, and no change is lost.
  # shellcheck disable=SC2016
  start "$BATS_TEST_TMPDIR/ran" "$ELECTCTL" observe "$name" --is two --count 4 -- sh -c '
    mkdir "$0" && sleep 0.2 && rmdir "$0" && echo "$ELECTCTL_EVENT $ELECTCTL_ROLE $ELECTCTL_NAME $ELECTCTL_VALUE $ELECTCTL_KEY $ELECTCTL_LEASE"
  ' "$BATS_TEST_TMPDIR/one-at-a-time"
  observer=$!
  wait_for 10 has_lines "$BATS_TEST_TMPDIR/ran" 1
  put "$name" 1 two
  put "$name" 1 three
  put "$name" 1 two
  ended "$observer" 0
  diff "$BATS_TEST_TMPDIR/ran" - <<END
elected follower $name one $name/1 0
proclaimed leader $name two $name/1 0
proclaimed follower $name three $name/1 0
proclaimed leader $name two $name/1 0
END
  [[ ! -s $BATS_TEST_TMPDIR/ran.err ]]
}

@test "observe -- CMD: its failure ends observe with its exit code; 126, 127 as a shell" {
  name=$(name_of_test)
  put "$name" 1 one
  run -7 timeout -s KILL 20 "$ELECTCTL" observe "$name" -- sh -c 'exit 7'
  run -137 electctl observe "$name" -- sh -c 'kill -KILL $$'
  run -127 electctl observe "$name" -- /nowhere/to/be/found
  [[ $output == "Error: cannot run /nowhere/to/be/found: No such file or directory" ]]
  run -127 electctl observe "$name" -- "cd /tmp && it's not run"
  [[ $output == *"; to have a shell run this line, write: -- sh -c 'cd /tmp && it'\\''s not run'" ]]
  run -126 electctl observe "$name" -- /etc/passwd
  run -128 electctl observe "$name" -w json -- true
}

@test "observe -- CMD: it begins with no signal blocked and none ignored by us" {
  name=$(name_of_test)
  put "$name" 1 one
  run -0 electctl observe "$name" --count 1 -- grep -E '^Sig(Blk|Ign)' /proc/self/status
  [[ ${lines[0]} == SigBlk:*0000000000000000 ]]
  ignored=0x$(cut -f2 <<<"${lines[1]}")
  (((ignored & 0x1000) == 0)) # SIGPIPE
}

@test "observe -- CMD: it gets the signals sent to electctl, which waits for its end" {
  name=$(name_of_test)
  put "$name" 1 one
  start "$BATS_TEST_TMPDIR/ran" "$ELECTCTL" observe "$name" -- sh -c 'trap "echo told; exit 3" TERM; echo ready; sleep 30 & wait'
  observer=$!
  wait_for 10 grep -q ready "$BATS_TEST_TMPDIR/ran"
  kill -TERM "$observer"
  ended "$observer" 0
  grep -q told "$BATS_TEST_TMPDIR/ran"
}

@test "observe -- CMD: a value that fits into no environment is left out, and said; CMD runs" {
  name=$(name_of_test)
  head -c 200000 /dev/zero | tr '\0' x | etcdctl put "$name/1" >/dev/null
  # shellcheck disable=SC2016
  run -0 --separate-stderr electctl observe "$name" --count 1 -- sh -c 'echo "${ELECTCTL_VALUE-unset} $ELECTCTL_KEY"'
  [[ $output == "unset $name/1" ]]
  [[ $stderr == *"ELECTCTL_VALUE is not set"* ]]
}

@test "observe --timeout alone is no failure" {
  run -0 electctl observe "$(name_of_test)" --timeout 100ms
}

@test "observe --rev: the oldest revision that is to be had is named" {
  name=$(name_of_test)
  put "$name" 1 one
  now=$(electctl leader "$name" -w json | jq .create_revision)
  etcdctl compaction "$now"
  run -1 electctl observe "$name" --rev 1
  [[ $output == "Error: revision 1 has been compacted; the oldest one left is $now"* ]]
}

@test "observe -- CMD: --timeout, and a SIGINT that was not typed, end it with CMD" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  start "$BATS_TEST_TMPDIR/observed" "$ELECTCTL" observe "$name" --timeout 2s -- sh -c 'echo begun; exec sleep 1000'
  start "$BATS_TEST_TMPDIR/counted" "$ELECTCTL" observe "$name" --timeout 2s --count 2 -- sh -c 'echo begun; exec sleep 1000'
  ended "${started[0]}" 0
  ended "${started[1]}" 11
  [[ $(<"$BATS_TEST_TMPDIR/observed") == begun && $(<"$BATS_TEST_TMPDIR/counted") == begun ]]
  start "$BATS_TEST_TMPDIR/interrupted" setsid env --default-signal=INT "$ELECTCTL" observe "$name" -- sh -c 'echo begun; exec sleep 1000'
  wait_for 10 grep -q begun "$BATS_TEST_TMPDIR/interrupted"
  kill -INT "${started[2]}"
  ended "${started[2]}" 0
}

@test "observe -- CMD: what another electctl has put into our environment is not passed on" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  ELECTCTL_TTL=99 ELECTCTL_ROLE=leader run -0 electctl observe "$name" --count 1 -- env
  [[ $output == *ELECTCTL_EVENT=elected* && $output != *ELECTCTL_TTL* && $output != *ELECTCTL_ROLE* ]]
}

@test "observe -- CMD: --timeout kills a CMD that ignores SIGTERM, after --kill-after" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  begun=$(date +%s%N)
  start "$BATS_TEST_TMPDIR/observed" "$ELECTCTL" observe "$name" --timeout 500ms --kill-after 700ms -- \
    bash -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done'
  ended "${started[0]}" 0
  (($(date +%s%N) - begun >= 1200000000))
  not_running "$(<"$BATS_TEST_TMPDIR/observed")"
}

@test "observe -- CMD: a parent that ignores SIGCHLD changes nothing" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  run -1 env --ignore-signal=CHLD "$ELECTCTL" observe "$name" --count 1 -- false
  run -7 env --ignore-signal=CHLD "$ELECTCTL" campaign "$name-2" v -- sh -c 'exit 7'
}

@test "observe -- CMD: as a container's first process it leaves no zombies, passes signals on, and exits as it would" {
  ((EUID == 0)) || skip "only root can make a PID namespace"
  if is_sanitized; then skip "the leak sanitizer cannot run as a namespace's first process"; fi
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  run -7 unshare --pid --fork "$ELECTCTL" observe "$name" -- sh -c 'exit 7'
  # The process that CMD leaves behind ends after CMD. The second CMD looks for zombies, in the namespace's own /proc.
  start "$BATS_TEST_TMPDIR/observed" unshare --pid --fork --mount-proc "$ELECTCTL" observe "$name" --count 2 -- sh -c '
    [ "$ELECTCTL_VALUE" = two ] || { sleep 0.1 & sleep 0.1 & echo begun; exit 0; }
    for try in 1 2 3 4 5 6 7 8 9 10; do cat /proc/[0-9]*/stat | grep -c "^[0-9]* (sleep)" && sleep 0.1 || break; done; echo end'
  wait_for 10 grep -q begun "$BATS_TEST_TMPDIR/observed"
  sleep 0.3
  "$ETCDCTL" put "$name/1" two
  ended "${started[0]}" 0
  [[ $(tail -2 "$BATS_TEST_TMPDIR/observed") == $'0\nend' ]]
  start "$BATS_TEST_TMPDIR/told" setsid unshare --pid --fork --kill-child "$ELECTCTL" observe "$name" -- \
    sh -c 'trap "echo told; exit 3" TERM; echo ready; while :; do sleep 0.05; done'
  wait_for 10 grep -q ready "$BATS_TEST_TMPDIR/told"
  kill -TERM "$(pgrep -P "${started[1]}")"
  wait_for 10 grep -q told "$BATS_TEST_TMPDIR/told"
  ended "${started[1]}" 0
}

@test "observe -- CMD: arguments that are too long, a working directory that is gone, no standard input" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" one
  # With a stack of 1 MB the arguments and variables may take 256 KB. electctl's own take 220 KB, and the value would add
# 120 KB.
  A=$(head -c 110000 /dev/zero | tr '\0' a) B=$(head -c 110000 /dev/zero | tr '\0' b)
  head -c 120000 /dev/zero | tr '\0' x | "$ETCDCTL" put "$name-long/1"
  A=$A B=$B run -126 --separate-stderr prlimit --stack=1048576 "$ELECTCTL" observe "$name-long" --count 1 -- true
  [[ $stderr == "Error: cannot run true: Argument list too long" ]]
  A=$A B=$B run -126 --separate-stderr prlimit --stack=1048576 bash -c \
    'head -c 120000 /dev/zero | tr "\0" x | "$ELECTCTL" campaign "$0" - -- true' "$name-campaign"
  [[ $stderr == "Error: cannot run true: Argument list too long"* && ${#stderr_lines[@]} == 1 ]]
  mkdir "$BATS_TEST_TMPDIR/gone"
  run -0 bash -c 'cd "$1" && rmdir "$1" && exec "$ELECTCTL" observe "$2" --count 1 -- echo ran' _ "$BATS_TEST_TMPDIR/gone" "$name"
  [[ $output == ran ]]
  run -0 bash -c 'cd "$1" && exec "$ELECTCTL" observe "$2" --count 1 -- echo ran <&-' _ / "$name"
  [[ $output == ran ]]
}

@test "observe: the events of one Txn that come in two parts, since the server sends 2 MiB at most, are one change" {
  name=$(name_of_test)
  large() { head -c "$1" /dev/zero | tr '\0' x; }
  put_request() { printf '{"requestPut":{"key":"%s","value":"%s"}}' "$(printf %s "$1" | base64 -w0)" "$(large "$2" | base64 -w0)"; }
  put "$name" 1 v
  first=$(electctl leader "$name" -w json | jq .create_revision)
  large 1200000 | etcdctl put "$name/2"
  # 1.2 MB and 0.7 MB fit into one message, 0.7 MB more do not. So etcd sends the second event of this Txn separately.
  printf '{"success":[%s,%s]}' "$(put_request "$name/3" 700000)" "$(put_request "$name/1" 700000)" |
    curl -sf -d @- "$ETCDCTL_ENDPOINTS/v3/kv/txn"
  run -0 electctl observe "$name" --rev "$first" --count 2 --timeout 5s -w json
  [[ $(jq -c '[.event, (.value | length)]' <<<"$output") == $'["elected",1]\n["proclaimed",700000]' ]]
}
