#!/usr/bin/env bats
# Remarks: what a user at a terminal sees besides the result. They go to standard error, only if it is a terminal.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  mkfifo "$BATS_TEST_TMPDIR/keys"
  screen=$BATS_TEST_TMPDIR/screen
}
teardown() {
  end_started
  # Ends what runs on the terminal in the background.
  if [[ ${keys-} ]]; then (printf '\003\003\003' >&"$keys") 2>/dev/null || true; fi  # It may have ended already.
}

# at_terminal COLUMNS COMMAND: runs it on a terminal of so many columns. What it shows is in $screen. Returns its exit code.
at_terminal() {
  TERM=xterm LC_ALL=C.UTF-8 script -qefc "stty cols $1 rows 24; $2" "$screen" </dev/null >/dev/null 3>&-
}
# on_terminal COMMAND: the same in the background. What is written to {keys} is typed.
on_terminal() {
  TERM=xterm LC_ALL=C.UTF-8 start "$BATS_TEST_TMPDIR/script" env --default-signal=INT script -qefc "$1" "$screen" \
    <"$BATS_TEST_TMPDIR/keys" 3>&- &
  exec {keys}>"$BATS_TEST_TMPDIR/keys"
}
shows() { grep -sqF -- "$1" "$screen"; }
put() { etcdctl put "$1/$2" "$3" >/dev/null; }

@test "remarks: no candidates, and the election that was meant" {
  put "$name-nightly-backup" 1 x
  typed=$name-nigthly-backup
  for command in 'leader NAME' 'leader NAME -w json' 'inspect NAME' 'inspect NAME -w json' 'inspect NAME --verify'; do
    run -10 at_terminal 120 "'$ELECTCTL' ${command/NAME/$typed}"
    shows "no candidates in election '$typed'; did you mean '$name-nightly-backup'?"
  done
  run -10 at_terminal 120 "'$ELECTCTL' inspect '$typed' --history"
  shows "no candidates in election '$typed' since revision 1; did you mean '$name-nightly-backup'?"
}

@test "remarks: no candidates, and no election of a similar name" {
  for command in leader inspect; do
    run -10 at_terminal 80 "'$ELECTCTL' $command unlike-any-other"
    shows "no candidates in election 'unlike-any-other'"
    run -1 shows 'did you mean'
  done
  # Candidates that came later are not suggested.
  put "$name" 1 x
  revision=$(electctl leader "$name" -w json | jq .create_revision)
  run -10 at_terminal 80 "'$ELECTCTL' leader '$name' --rev $((revision - 1))"
  shows "no candidates in election '$name' at revision $((revision - 1))"
  run -1 shows 'did you mean'
  run -10 at_terminal 80 "'$ELECTCTL' inspect --all unlike-any-other"
  shows "no election whose name begins with 'unlike-any-other' has candidates"
}

@test "remarks: no run in the ledger, or none of that ID" {
  run -10 at_terminal 80 "'$ELECTCTL' inspect '$name' --runs"
  shows "no runs of election '$name' in the ledger"
  electctl campaign "$name" v --once one -- true
  run -10 at_terminal 80 "'$ELECTCTL' inspect '$name' --runs --id 2026-01-02"
  shows "no run '2026-01-02' of election '$name' in the ledger"
  run -0 at_terminal 80 "'$ELECTCTL' inspect '$name' --runs --id one"
  run -1 shows 'no run'
}

@test "remarks: to find the election that was meant costs one call, on a terminal and only where there is no candidate" {
  ranges() { curl -sf "$ETCDCTL_ENDPOINTS/metrics" | sed -n 's/^grpc_server_started_total{grpc_method="Range",.*} //p'; }
  costs() {
    local expected=$1 before
    shift
    before=$(ranges)
    "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/err" || (($? == 10))
    (($(ranges) - before == expected)) || { echo "$* costs $(($(ranges) - before))"; return 1; }
  }
  put "$name" 1 x
  costs 1 electctl leader "$name-x"
  costs 2 at_terminal 80 "'$ELECTCTL' leader '$name-x'"
  costs 1 at_terminal 80 "'$ELECTCTL' leader '$name'"
}

@test "remarks: scripts see nothing of them" {
  put "$name" 1 x
  silent() {
    local code=$1
    shift
    run "-$code" --separate-stderr electctl "$@"
    [[ -z $stderr ]] || { echo "$* says: $stderr"; return 1; }
  }
  silent 10 leader "$name-x"
  silent 10 leader "$name-x" --wait 200ms
  silent 10 inspect "$name-x"
  silent 10 inspect "$name-x" --verify
  silent 10 inspect "$name-x" --runs
  silent 10 inspect "$name-x" --runs --id 1
  silent 10 inspect --all unlike-any-other
  silent 0 observe "$name-x" --timeout 200ms
  silent 11 campaign "$name" v --try
  silent 11 campaign "$name" v --wait 200ms
  silent 0 campaign "$name-o" v --once 1 --linger 1s -- true
  silent 11 campaign "$name-o" v --once 1 -- true
  # Nor if standard output is a terminal and standard error is not.
  run -10 at_terminal 80 "'$ELECTCTL' leader '$name-x' 2>'$BATS_TEST_TMPDIR/err'"
  [[ ! -s $BATS_TEST_TMPDIR/err ]]
  run -1 shows candidates
  # --is answers only by its exit code, also on a terminal.
  run -10 at_terminal 80 "'$ELECTCTL' leader '$name-x' --is v"
  run -1 shows candidates
}

@test "remarks: not elected, and who leads" {
  put "$name" 1 $'db-1\x1b[2J'
  run -11 at_terminal 80 "'$ELECTCTL' campaign '$name' v --try"
  shows 'not elected: db-1\x1b[2J leads'
  run -11 at_terminal 80 "'$ELECTCTL' campaign '$name' v --wait 1s"
  shows 'not elected within 1s: db-1\x1b[2J leads'
}

@test "remarks: a leader without a CMD leads until Ctrl-C" {
  on_terminal "'$ELECTCTL' campaign '$name'"
  wait_for 10 shows "leading '$name' until Ctrl-C"
  run -1 shows 'elected after'
  printf '\003' >&"$keys"
  nobody_leads() { ! electctl leader "$name" >"$BATS_TEST_TMPDIR/leader"; }
  wait_for 10 nobody_leads
}

@test "remarks: a leader without a CMD is told its VALUE, which may be a CMD whose -- was forgotten" {
  on_terminal "'$ELECTCTL' campaign '$name' ls"
  wait_for 10 shows "leading '$name' with value 'ls' until Ctrl-C"
}

@test "remarks: for how long a candidate has waited, while it waits and when it is elected; with CMD, too" {
  put "$name" 1 first
  on_terminal "'$ELECTCTL' campaign '$name' me --lock-delay 1s --linger 5s -- echo CMD runs"
  wait_for 10 shows "waiting in '$name' for 1s: place 2 of 2, leader first"
  wait_for 10 shows "waiting in '$name' for 2s: place 2 of 2, leader first"
  etcdctl del "$name/1" >/dev/null
  wait_for 10 grep -qE 'elected after ([2-9]|1[0-9])s' "$screen"
  shows 'CMD starts in 1s (--lock-delay)'
  wait_for 10 grep -qE 'CMD has ended; leading for another [1-5]s \(--linger\)' "$screen"
}

@test "remarks: the line of a waiting candidate follows changes that are not in front of it" {
  put "$name" 1 first
  put "$name" 2 second
  on_terminal "'$ELECTCTL' campaign '$name' me"
  wait_for 10 shows "place 3 of 3, leader first"
  etcdctl del "$name/1" >/dev/null
  wait_for 20 shows "place 2 of 2, leader second"
}

@test "remarks: on a dumb terminal the line of a waiting candidate is printed where it says something new, and drives nothing" {
  put "$name" 1 first
  TERM=dumb start "$BATS_TEST_TMPDIR/script" script -qefc "'$ELECTCTL' campaign '$name' me --wait 3s" "$screen" 3>&-
  ended "$!" 11
  [[ $(grep -c 'place 2 of 2, leader first' "$screen") == 1 ]]
  run -1 grep -c $'\x1b' "$screen"
}

@test "remarks: observe and leader --wait say that there is nobody yet, and go on" {
  on_terminal "'$ELECTCTL' observe '$name' --count 1; '$ELECTCTL' leader '$name-2' --wait"
  wait_for 10 shows "no candidates in election '$name'; waiting for one"
  put "$name" 1 one
  wait_for 10 shows "no candidates in election '$name-2'; waiting for one"
  put "$name-2" 1 two
  wait_for 10 shows two
}

@test "remarks: long and wide names and values stay short, and drive no terminal" {
  long=$(printf 'v%.0s' {1..300})
  put "$name" 1 "日本語$long-end"
  run -11 at_terminal 80 "'$ELECTCTL' campaign '$name' v --try"
  # shellcheck disable=SC2022
  grep -q 'not elected: 日本語v*…v*-end leads' "$screen"
  [[ $(grep -v '^Script' "$screen" | tr -d '\r' | wc -L) -le 80 ]]
}
