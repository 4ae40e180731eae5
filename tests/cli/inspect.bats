#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

@test "inspect: simple, fields and hex as etcdctl get, byte for byte, for hostile names and values" {
  for suffix in '' ' s p ' "q'uote" 'a"b' '/p/' 'ünï✓' $'\x01\x1b[31m\xff'; do
    name=$(name_of_test "$suffix")
    for value in first '' $'l1\nl2\ttab' $'\x1b[2J\xc2\x9b\xff\xfe' 'ü✓𝄞' $'\u200b\u2028'; do
      start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" "$value"
    done
    wait_for 10 stands "$name" 6
    for options in '-w simple' '-w fields' '-w simple --hex'; do
      # shellcheck disable=SC2086
      diff <(electctl inspect "$name" $options) <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND $options)
    done
    run -0 electctl inspect "$name" -w table
    [[ $output != *$'\x1b'* && $output != *$'\xff'* ]]
    [[ $(electctl inspect "$name" -w json | jq '.candidates | length') == 6 ]]
  done
}

@test "inspect -w fields --hex: as etcdctl up to 3.5, names and values as without --hex" {
  name=$(name_of_test " ü")
  etcdctl put "$name/1" $'\x01value'
  diff <(electctl inspect "$name" -w fields --hex) <(electctl inspect "$name" -w fields)
  # From 3.6 on etcdctl shows them in hex.
  ! etcdctl_before 3.6 ||
    diff <(electctl inspect "$name" -w fields --hex) <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND -w fields --hex)
}

@test "inspect: simple is the default where standard output is no terminal" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  diff <(electctl inspect "$name") <(electctl inspect "$name" -w simple)
}

@test "inspect: no candidate: exit 10; simple and fields still as etcdctl" {
  name=$(name_of_test)
  for format in simple fields; do
    run -10 electctl inspect "$name" -w "$format"
    [[ $output == "$(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND -w "$format")" ]]
  done
  run -10 electctl inspect "$name" -w json
  [[ $(jq -c '[.leader, .candidates]' <<<"$output") == '[null,[]]' ]]
}

@test "inspect: candidates made by hand are shown, without a lease, deeper, and exactly at the prefix" {
  name=$(name_of_test)
  etcdctl put "$name/" "at the prefix"
  etcdctl put "$name/deeper/key" x
  etcdctl put "$name/not-hex" ''
  diff <(electctl inspect "$name") <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND)
  run -0 electctl inspect "$name" -w table
  [[ ${lines[1]} == *"no lease"* ]]
  [[ $(electctl inspect "$name" -w json | jq -r '.candidates[0].ttl') == null ]]
}

@test "inspect --rev: as of that revision" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  before=$(electctl inspect "$name")
  revision=$(electctl leader "$name" -w json | jq .create_revision)
  kill -INT "$!"
  ended "$!" 0
  [[ $(electctl inspect "$name" --rev "$revision") == "$before" ]]
}

@test "inspect --etcdctl: the command shows the same when it is pasted" {
  name=$(name_of_test " it's \$HOME")
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  command=$(electctl inspect "$name" --etcdctl)
  # Runs the commands in a shell that has ETCDCTL_ variables set. etcdctl would warn of those that it does not know.
  run -0 --separate-stderr env PATH="$(dirname "$ETCDCTL"):$PATH" ETCDCTL_ENDPOINTS="$ETCDCTL_ENDPOINTS" ETCDCTL_API=3 ETCDCTL_CACERT=/nowhere \
    ETCDCTL_USER=nobody:pw ETCDCTL_WRITE_OUT=json sh -c "$command"
  [[ $output == "$(electctl inspect "$name")" && -z $stderr ]]
}

@test "inspect -w json: leader and candidates with rank, TTL and revisions" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one --ttl 30s
  wait_for 10 stands "$name" 1
  start "$BATS_TEST_TMPDIR/2" "$ELECTCTL" campaign "$name" two --ttl 40s
  wait_for 10 stands "$name" 2
  electctl inspect "$name" -w json >"$BATS_TEST_TMPDIR/json"
  jq -e --arg name "$name" '.election == $name and .leader.value == "one" and .leader == .candidates[0]
    and (.candidates | map([.rank, .role, .value, .granted_ttl])) ==
      [[1, "leader", "one", 30], [2, "candidate", "two", 40]]
    and (.candidates | all(.ttl > 0 and .version == 1 and .create_revision == .mod_revision))
    and .revision > 0 and .raft_term > 0' "$BATS_TEST_TMPDIR/json"
}

put() { etcdctl put "$1/$2" "$3" >/dev/null; }

@test "inspect --all: every election below a prefix, one row each, with the leader that leader names" {
  name=$(name_of_test)
  put "$name/x" 1 one
  put "$name/x" 2 two
  put "$name/y/z" 3 three
  put "$name" 4 above
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name/mine" me
  wait_for 10 leads "$name/mine" me
  electctl inspect --all "$name/" -w json >"$BATS_TEST_TMPDIR/json"
  jq -e --arg name "$name" '.prefix == $name + "/" and (.elections | map([.election, .candidates, .leader.value])) ==
    [[$name + "/mine", 1, "me"], [$name + "/x", 2, "one"], [$name + "/y/z", 1, "three"]]' "$BATS_TEST_TMPDIR/json"
  jq -e '.elections[0].leader.ttl > 0 and .elections[1].leader.ttl == null' "$BATS_TEST_TMPDIR/json"
  run -0 electctl inspect --all "$name/" -w table
  ((${#lines[@]} == 4))
  # -w simple: what `leader` prints for each election.
  diff <(electctl inspect --all "$name/") <(for e in mine x y/z; do electctl leader "$name/$e"; done)
  run -10 electctl inspect --all "$name/nothing"
  # If the prefix is the name itself, the deeper keys are its candidates, too. `leader` counts them, too.
  [[ $(electctl inspect --all "$name" -w json | jq -r --arg name "$name" '.elections[] | select(.election == $name) | .candidates') == 5 ]]
  [[ $(electctl leader "$name" --print-value-only) == one ]]
}

# put_many COUNT PREFIX [SUFFIX]: puts the keys PREFIX0SUFFIX, PREFIX1SUFFIX, ... with the values v0, v1, ... Each Txn puts
# a hundred of them, which get the same create revision.
put_many() {
  awk -v count="$1" -v key="$2" -v suffix="${3-}" 'BEGIN {
    for (i = 0; i < count; ++i) print (i % 100 ? "" : "\n") "put " key i suffix " v" i (i % 100 < 99 ? "" : "\n\n")
  }' | split -l 103 --filter='"$ETCDCTL" txn >/dev/null' - 3>&-
}

@test "inspect, leader, observe: a hundred thousand candidates, without a limit" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/first" leads
  put_many 100000 "$name/"
  electctl inspect "$name" >"$BATS_TEST_TMPDIR/ours"
  "$ETCDCTL" get "$name/" --prefix --sort-by=CREATE --order=ASCEND >"$BATS_TEST_TMPDIR/theirs"
  cmp "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs"
  [[ $(wc -l <"$BATS_TEST_TMPDIR/ours") == 200002 ]]
  [[ $(electctl inspect "$name" -w json | jq '.candidates | length') == 100001 ]]
  [[ $(electctl inspect "$name" -w table | wc -l) == 100002 ]]
  [[ $(electctl leader "$name" --print-value-only) == leads ]]
  [[ $(electctl observe "$name" --count 1 -w json | jq -r .value) == leads ]]
}

@test "inspect --all, observe --prefix: ten thousand elections" {
  name=$(name_of_test)
  put_many 10000 "$name/" /1
  [[ $(electctl inspect --all "$name/" -w json | jq '.elections | length') == 10000 ]]
  [[ $(electctl inspect --all "$name/" | wc -l) == 20000 ]]
  [[ $(electctl observe "$name/" --prefix -w json --count 10000 | wc -l) == 10000 ]]
}

# accepted FILE NAME[=VALUE]...: whether Prometheus's own parser accepts FILE, and these samples are in it.
accepted() {
  /usr/bin/python3 - "$1" "$2" <<'EOF'
import sys
from prometheus_client.parser import text_string_to_metric_families
text = open(sys.argv[1], newline="\n").read()
samples = {s.name: s.value for family in text_string_to_metric_families(text) for s in family.samples}
for wanted in sys.argv[2].split():
    name, _, value = wanted.partition("=")
    assert name in samples and (not value or samples[name] == float(value)), (wanted, samples)
EOF
}

@test "inspect -w prometheus: accepted by its parser, also with hostile labels; electctl_up 0 where etcd is not there" {
  name=$(name_of_test)$'"\\\n\xff\x1b'
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" $'quo"te\\ \xfe\x1b[2J\nx'
  wait_for 10 stands "$name" 1
  put "$name" hand v
  electctl inspect "$name" -w prometheus >"$BATS_TEST_TMPDIR/metrics"
  accepted "$BATS_TEST_TMPDIR/metrics" 'electctl_up=1 electctl_candidates=2 electctl_leader_info=1 electctl_leader_create_revision electctl_lease_ttl_seconds'
  electctl inspect --all "" -w prometheus >"$BATS_TEST_TMPDIR/metrics"
  accepted "$BATS_TEST_TMPDIR/metrics" electctl_up=1
  run -2 --separate-stderr electctl --endpoints 127.0.0.1:1 --dial-timeout 100ms inspect job -w prometheus
  [[ $output == *'electctl_up{election="job"} 0' && $stderr == "Error: "* ]]
  run -10 electctl inspect "$(name_of_test)-none" -w prometheus
  [[ $output == *'electctl_candidates'*' 0' ]]
}

@test "inspect --all -w prometheus: electctl_up says it of the prefix, also where there is no election" {
  name=$(name_of_test)
  run -10 electctl inspect --all "$name/" -w prometheus
  [[ ${lines[-1]} == "electctl_up{prefix=\"$name/\"} 1" ]]
  run -2 --separate-stderr electctl inspect --all "$name/" -w prometheus --endpoints 127.0.0.1:1
  [[ ${lines[-1]} == "electctl_up{prefix=\"$name/\"} 0" ]]
}

@test "inspect --watch: shown again at each change, in order, until a signal: exit 0" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/seen" "$ELECTCTL" inspect "$name" --watch -w json
  watcher=$!
  seen() { [[ $(jq -c '.candidates | map(.value)' "$BATS_TEST_TMPDIR/seen" | tr '\n' ' ') == "$1 " ]]; }
  wait_for 10 seen '[]'
  put "$name" 1 one
  wait_for 10 seen '[] ["one"]'
  put "$name" 2 two
  wait_for 10 seen '[] ["one"] ["one","two"]'
  etcdctl del "$name/1"
  wait_for 10 seen '[] ["one"] ["one","two"] ["two"]'
  kill -INT "$watcher"
  ended "$watcher" 0
}

@test "inspect --watch, --runs --watch: times are UTC, whatever the time zone here is" {
  name=$(name_of_test)
  before=$(date -u +%H)
  for form in '' --runs; do
    # shellcheck disable=SC2086
    TZ=HERE-9 start "$BATS_TEST_TMPDIR/seen$form" "$ELECTCTL" inspect "$name" $form --watch
    wait_for 10 grep -qE "^election '$name' at ($before|$(date -u +%H)):[0-9:]{5} UTC: 0 " "$BATS_TEST_TMPDIR/seen$form"
  done
  put "$name" 1 one
  wait_for 10 grep -qE "^one leads since ($before|$(date -u +%H)):[0-9:]{5} UTC$" "$BATS_TEST_TMPDIR/seen"
}

@test "inspect --watch: no candidates, and since when the leader has led as far as the watch has seen it; no times that stand still" {
  name=$(name_of_test)
  time='[0-9]{2}:[0-9]{2}:[0-9]{2} UTC'
  start "$BATS_TEST_TMPDIR/seen" "$ELECTCTL" inspect "$name" --watch
  seen() { grep -qxE "$1" "$BATS_TEST_TMPDIR/seen"; }
  wait_for 10 seen 'no candidates'
  put "$name" 1 one
  wait_for 10 seen "one leads since $time"
  begun=$(grep -m 1 'one leads since' "$BATS_TEST_TMPDIR/seen")
  start "$BATS_TEST_TMPDIR/later" "$ELECTCTL" inspect "$name" --watch
  wait_for 10 grep -qxE "one leads since before $time, when this watch began" "$BATS_TEST_TMPDIR/later"
  sleep 1.1
  start "$BATS_TEST_TMPDIR/two" "$ELECTCTL" campaign "$name" two
  wait_for 10 seen '2 +next +two +[0-9a-f]+ .*'
  [[ $(grep 'one leads since' "$BATS_TEST_TMPDIR/seen" | sort -u) == "$begun" ]]
  seen '1 +leader, no lease +one .*'
  run -1 grep -E 'TTL|[0-9]s/' "$BATS_TEST_TMPDIR/seen"
  etcdctl del "$name/1"
  wait_for 10 seen "two leads since $time"
  wait_for 10 grep -qxE "two leads since $time" "$BATS_TEST_TMPDIR/later"
  electctl resign "$name" --leader
  wait_for 10 seen "no candidates since $time"
}

@test "inspect --watch on a terminal: drawn over itself, cut to the screen, redrawn when its size changes" {
  name=$(name_of_test)
  for ((i = 1; i <= 30; i++)); do put "$name" "$i" "host-$i"; done
  mkfifo "$BATS_TEST_TMPDIR/keys"
  cat >"$BATS_TEST_TMPDIR/cmd" <<EOF
stty cols 60 rows 12
"$ELECTCTL" inspect "$name" --watch & watcher=\$!
read -r _; stty cols 50; kill -WINCH \$watcher
read -r _; kill -INT \$watcher; wait \$watcher; echo "exit \$?"
EOF
  TERM=xterm start "$BATS_TEST_TMPDIR/script" script -qefc "bash '$BATS_TEST_TMPDIR/cmd'" "$BATS_TEST_TMPDIR/screen" \
    <"$BATS_TEST_TMPDIR/keys" 3>&- &
  exec {keys}>"$BATS_TEST_TMPDIR/keys"
  frames() { (($(grep -c $'\x1b\\[2J' "$BATS_TEST_TMPDIR/screen") >= $1)); }
  wait_for 10 frames 1
  wait_for 10 grep -q 'and 23 more' "$BATS_TEST_TMPDIR/screen"
  etcdctl del "$name/30"
  wait_for 10 grep -q 'and 22 more' "$BATS_TEST_TMPDIR/screen"
  echo >&"$keys"
  wait_for 10 frames 3
  echo >&"$keys"
  wait_for 10 grep -q 'exit 0' "$BATS_TEST_TMPDIR/screen"
  # No line is wider than the screen.
  widest=$(sed 's/\x1b\[[0-9;]*[A-Za-z]//g; s/\r//' "$BATS_TEST_TMPDIR/screen" | grep -v '^Script' | wc -L)
  ((widest <= 60))
}

@test "inspect --etcdctl: in each form, commands that run as printed" {
  name=$(name_of_test " it's")$'\x01'
  put "$name" 1 one
  for form in '' '--rev 2' --verify; do
    # shellcheck disable=SC2086
    electctl inspect "$name" --etcdctl $form >"$BATS_TEST_TMPDIR/commands"
    grep ' get ' "$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/gets"
    PATH="$(dirname "$ETCDCTL"):$PATH" bash -e "$BATS_TEST_TMPDIR/gets"
  done
  for form in --hex '-w fields'; do
    # shellcheck disable=SC2086
    electctl inspect "$name" --etcdctl $form >"$BATS_TEST_TMPDIR/command"
    # shellcheck disable=SC2086
    diff <(PATH="$(dirname "$ETCDCTL"):$PATH" bash -e "$BATS_TEST_TMPDIR/command") <(electctl inspect "$name" $form)
  done
  electctl inspect "$name" --etcdctl -w json | grep -q -- "--write-out=json"
  electctl inspect --all "$name" --etcdctl | grep -q -- "--prefix"
  electctl inspect "$name" --history --etcdctl | grep -q -- "watch.*--rev=1"
  [[ $(electctl inspect "$name" --etcdctl) != *$'\x01'* ]]
}
