#!/usr/bin/env bats
# What a user sees and types on a terminal, which script(1) provides.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  mkfifo "$BATS_TEST_TMPDIR/keys"
  screen=$BATS_TEST_TMPDIR/screen
}
teardown() { end_started; }

# on_terminal COMMAND: runs it in the background on a terminal. What is written to {keys} is typed. What it shows is in
# $screen.
on_terminal() {
  start "$BATS_TEST_TMPDIR/script" env --default-signal=INT script -qefc "$1" "$screen" <"$BATS_TEST_TMPDIR/keys" 3>&- &
  exec {keys}>"$BATS_TEST_TMPDIR/keys"
}
nobody_leads() { ! electctl leader "$1" >"$BATS_TEST_TMPDIR/leader"; }
shows() { grep -sqF -- "$1" "$screen"; }

@test "terminal: CMD reads it, and Ctrl-C is CMD's; electctl withdraws" {
  name=$(name_of_test)
  # The command is in a file, because script(1) shows the command that it runs.
  cat >"$BATS_TEST_TMPDIR/cmd" <<'EOF'
trap 'echo interrupted; exit 9' INT
echo ready
read -r line
echo "heard $line"
sleep 1000 & wait
EOF
  on_terminal "'$ELECTCTL' campaign '$name' v -- sh '$BATS_TEST_TMPDIR/cmd'"
  wait_for 10 shows ready
  echo "typed text" >&"$keys"
  wait_for 10 shows "heard typed text"
  printf '\003' >&"$keys"
  wait_for 10 shows interrupted
  wait_for 10 nobody_leads "$name"
}

@test "terminal: a waiting candidate sees its place and the leader, and nothing of it that could drive the terminal" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" $'evil\x1b[2Jhost'
  wait_for 10 stands "$name" 1
  on_terminal "'$ELECTCTL' campaign '$name' me"
  wait_for 10 shows "place 2 of 2, leader evil\\x1b[2Jhost"
  kill -INT "${started[0]}"
  wait_for 10 leads "$name" me
  printf '\003' >&"$keys"
  wait_for 10 nobody_leads "$name"
}

@test "terminal: inspect shows a table, without colour under NO_COLOR" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" host
  wait_for 10 stands "$name" 1
  TERM=xterm script -qefc "'$ELECTCTL' inspect '$name'" "$screen" </dev/null
  shows ROLE
  shows $'\x1b[32m'
  TERM=xterm NO_COLOR=1 script -qefc "'$ELECTCTL' inspect '$name'" "$screen" </dev/null
  shows ROLE
  run ! shows $'\x1b['
}

@test "terminal: inspect at 80 columns: VALUE, TTL and TOKEN stay, the host of the terminal is marked" {
  name=$(name_of_test)
  long=$(printf 'v%.0s' {1..100})
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" "begin-$long-end"
  wait_for 10 stands "$name" 1
  start "$BATS_TEST_TMPDIR/2" "$ELECTCTL" campaign "$name"
  wait_for 10 stands "$name" 2
  show() { LC_ALL=C.UTF-8 TERM=xterm NO_COLOR=1 script -qefc "stty cols $1 rows 24; '$ELECTCTL' inspect '$name'" "$screen" </dev/null >/dev/null 3>&-; }
  show 80
  grep -qE '^# +ROLE +VALUE +TTL +TOKEN.?$' "$screen"
  grep -qE '^1 +leader +begin-v+…v+-end +[0-9]+s/10s +[0-9]+' "$screen"
  grep -qE "^2 +next, here +$(uname -n) +[0-9]+s/10s" "$screen"
  [[ $(grep -v '^Script' "$screen" | tr -d '\r' | wc -L) == 80 ]]
  show 250
  grep -qE '^# +ROLE +VALUE +LEASE +TTL +TOKEN +MOD +VER +KEY.?$' "$screen"
  grep -qF "begin-$long-end" "$screen"
}

@test "terminal: a waiting candidate whose terminal is gone withdraws" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  on_terminal "exec '$ELECTCTL' campaign '$name' waiter --ttl 60"
  wait_for 10 stands "$name" 2
  wait_for 10 shows "place 2 of 2"
  kill -KILL "$(pgrep -f "script -qefc exec '$ELECTCTL' campaign '$name'")"
  wait_for 10 stands "$name" 1
}
