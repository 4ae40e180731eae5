#!/usr/bin/env bats
# campaign --session FILE: a candidacy that outlives the process, for cron.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() { file=$BATS_TEST_TMPDIR/session; }
teardown() { end_started; }

# edit EXPRESSION: changes the file in place with jq. A new file with this content would be a copy.
edit() {
  local text
  text=$(jq -c "$1" "$file")
  echo "$text" >"$file"
}

@test "session: --try answers at once, the candidacy stays, and the next run renews the same one" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try
  first=$(electctl inspect "$name" -w fields | grep -v -e Revision -e Version)
  lease=$(electctl leader "$name" -w json | jq -r .lease)
  [[ $(stat -c %a "$file") == 600 && $(jq -r .lease "$file") == "$lease" ]]
  [[ $(jq .create_revision "$file") == "$(electctl leader "$name" -w json | jq .create_revision)" ]]
  run -11 electctl campaign "$name" other --try
  run -0 electctl campaign "$name" me --session "$file" --try
  [[ $(electctl inspect "$name" -w fields | grep -v -e Revision -e Version) == "$first" ]]
}

@test "session: one that does not lead exits 11 and keeps its place in the queue" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  run -11 electctl campaign "$name" me --session "$file" --try
  start "$BATS_TEST_TMPDIR/later" "$ELECTCTL" campaign "$name" later
  wait_for 10 stands "$name" 3
  kill -INT "${started[0]}"
  wait_for 10 leads "$name" me
  run -0 electctl campaign "$name" me --session "$file" --try
}

@test "session: with a CMD: run while leading, key and lease stay" {
  name=$(name_of_test)
  run -3 electctl campaign "$name" me --session "$file" --try -- sh -c 'exit 3'
  leads "$name" me
}

@test "session: a dead one, and one of another election, are replaced, and it is said" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try
  etcdctl lease revoke "$(jq -r .lease "$file")"
  run -0 --separate-stderr electctl campaign "$name" me --session "$file" --try
  [[ $stderr == *"has ended: its lease does not exist any more; a new one replaces it" ]]
  leads "$name" me
  run -0 --separate-stderr electctl campaign "$name-other" me --session "$file" --try
  [[ $stderr == *"belongs to election '$name'; a new one replaces it" ]]
  edit '.cluster = "123"'
  run -0 --separate-stderr electctl campaign "$name-third" me --session "$file" --try
  [[ $stderr == *"belongs to another cluster; a new one replaces it" ]]
}

@test "session: a file in use: exit 11; unreadable or not ours: exit 1, unchanged" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" me --session "$file"
  wait_for 10 leads "$name" me
  # With --try it is an answer: cron sends no mail.
  run -11 electctl campaign "$name" me --session "$file" --try
  [[ -z $output ]]
  run -42 electctl campaign "$name" me --session "$file" --try -E 42
  [[ -z $output ]]
  run -11 electctl campaign "$name" me --session "$file"
  [[ $output == "Error: session file '$file' is in use by another electctl" ]]
  stands "$name" 1
  for content in 'precious' '{}' '{"electctl_session":2}' '[' '{"electctl_session":1,"lease":"zz"}'; do
    echo "$content" >"$BATS_TEST_TMPDIR/foreign"
    run -1 electctl campaign "$name" me --session "$BATS_TEST_TMPDIR/foreign" --try
    [[ $(<"$BATS_TEST_TMPDIR/foreign") == "$content" && $output == "Error: session file "* ]]
  done
  run -1 electctl campaign "$name" me --session "$BATS_TEST_TMPDIR" --try
  run -1 electctl campaign "$name" me --session "$BATS_TEST_TMPDIR/no/such/folder" --try
  run -1 electctl campaign "$name" me --session /dev/null --try
  stands "$name" 1
}

@test "session: two ticks at once on a fresh file: one lease, one candidate" {
  for round in 1 2 3 4 5; do
    name=$(name_of_test "-$round")
    rm -f "$file"
    for tick in 1 2 3; do
      start "$BATS_TEST_TMPDIR/$tick" "$ELECTCTL" campaign "$name" me --session "$file" --try
    done
    for pid in "${started[@]: -3}"; do
      code=0
      wait "$pid" || code=$?
      ((code == 0 || code == 11))
    done
    stands "$name" 1
    [[ $(jq -r .lease "$file") == "$(electctl leader "$name" -w json | jq -r .lease)" ]]
  done
}

@test "session: a crash between grant and write loses nothing: the next run finds lease and candidate by the file" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try
  # After a crash directly after standing, the file is as it was written before the grant.
  edit '.create_revision = 0'
  lease=$(jq -r .lease "$file")
  run -0 electctl campaign "$name" me --session "$file" --try
  stands "$name" 1
  [[ $(electctl leader "$name" -w json | jq -r .lease) == "$lease" && $(jq .create_revision "$file") != 0 ]]
}

@test "session: a full disk: exit 1, said, and nothing is left at etcd or in the file" {
  name=$(name_of_test)
  before=$(lease_ids)
  : >"$file"
  chmod 600 "$file"
  # This process may write no file. So its writes fail, as on a full disk.
  run -1 bash -c 'trap "" XFSZ; ulimit -f 0; exec "$ELECTCTL" campaign "$1" me --session "$2" --try' _ "$name" "$file"
  [[ ${lines[-1]} == "Error: session file '$file' cannot be written: "* ]]
  no_lease_but "$before"
  [[ ! -s $file ]]
  (($(find "$BATS_TEST_TMPDIR" -name 'session.*' | wc -l) == 0))
}

@test "session: resign and proclaim by it" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try
  run -0 electctl proclaim "$name" new --session "$file"
  leads "$name" new
  run -128 electctl resign "$name-other" --session "$file"
  run -0 electctl resign "$name" --session "$file" --revoke
  run -10 electctl inspect "$name"
  run -10 electctl resign "$name" --session "$file"
}

@test "session: electctl is killed: the file is in use until CMD is gone" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" me --session "$file" --try --ttl 60 --kill-after 5s -- \
    bash -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done'
  wait_for 10 test -s "$BATS_TEST_TMPDIR/out"
  kill -KILL "${started[0]}"
  run -11 electctl campaign "$name" me --session "$file" --try -- echo second
  kill -0 "$(<"$BATS_TEST_TMPDIR/out")"  # CMD still lives, for --kill-after.
  wait_for 20 eval '[[ $(electctl campaign "$name" me --session "$file" --try -- echo second) == second ]]'
  run -1 kill -0 "$(<"$BATS_TEST_TMPDIR/out")"
}

@test "session: --lock-delay counts also where it was another run that waited, and once" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" holder
  wait_for 10 leads "$name" holder
  run -11 electctl campaign "$name" me --session "$file" --try --ttl 60 --lock-delay 1s -- true
  kill -INT "${started[0]}"
  wait_for 10 leads "$name" me
  before=$(date +%s%N)
  run -0 electctl campaign "$name" me --session "$file" --try --ttl 60 --lock-delay 1s -- date +%s%N
  ((output - before >= 1000000000))
  run -0 timeout 10 "$ELECTCTL" campaign "$name" me --session "$file" --try --ttl 60 --lock-delay 1h -- echo at once
}

@test "session: one for another election gives up the candidacy that it had" {
  name=$(name_of_test)
  run -0 electctl campaign "$name-1" me --session "$file" --try --ttl 60
  run -0 electctl campaign "$name-2" me --session "$file" --try --ttl 60
  run -10 electctl leader "$name-1"
  leads "$name-2" me
}

@test "session: the time to live that it keeps is said where another is asked for" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try --ttl 60
  run -0 electctl campaign "$name" me --session "$file" --try --ttl 60
  [[ $output != *electctl:* ]]
  run -0 electctl campaign "$name" me --session "$file" --try --ttl 20
  [[ $output == *"keeps the TTL of 1m0s"* ]]
}

@test "session: an empty FILE is refused, and is not taken for none" {
  run -128 electctl campaign "$(name_of_test)" me --session '' --try -- echo ran
  run -128 electctl resign "$(name_of_test)" --session ''
}

# replaced REASON: a run with $file prints REASON. The original leads on and keeps its lease. The copy stands behind it.
replaced() {
  run -11 --separate-stderr electctl campaign "$name" copy --session "$file" --try --ttl 60 -- echo ran
  [[ -z $output && $stderr == *"the session in '$file' $1, so its lease $lease is left alone; a new one replaces it" ]]
  leads "$name" original
  stands "$name" 2
  [[ $(electctl leader "$name" -w json | jq -r .lease) == "$lease" && $(jq -r .lease "$file") != "$lease" ]]
  # From now on the session is the copy's own.
  run -11 --separate-stderr electctl campaign "$name" copy --session "$file" --try --ttl 60
  [[ -z $stderr ]]
  stands "$name" 2
}
original() {
  name=$(name_of_test)
  file=$BATS_TEST_TMPDIR/original
  run -0 electctl campaign "$name" original --session "$file" --try --ttl 60
  lease=$(jq -r .lease "$file")
}

@test "session: a copy of the file never leads beside the original" {
  original
  cp -a "$file" "$BATS_TEST_TMPDIR/copy"
  file=$BATS_TEST_TMPDIR/copy
  replaced "is a copy of another file's"
  # That does not change the original.
  run -0 --separate-stderr electctl campaign "$name" original --session "$BATS_TEST_TMPDIR/original" --try --ttl 60
  [[ -z $stderr && $(jq -r .lease "$BATS_TEST_TMPDIR/original") == "$lease" ]]
}

@test "session: on another machine the file never leads beside the original" {
  # On a disk that was cloned bit by bit, the file is the same. One mark of another machine is enough to notice.
  local change
  for change in '.machine.id = "0123"' '.machine.board = "b" | .machine.id = "0123"' \
    '.machine.cards = [] | .machine.board = "" | .machine.boot = "another"'; do
    # A machine without an ID cannot notice another one.
    [[ $change != *.id* ]] || grep -qsv uninitialized /etc/machine-id || continue
    rm -f "$BATS_TEST_TMPDIR/original"
    original
    edit "$change"
    replaced "belongs to another machine"
    electctl resign "$name" --session "$file" >/dev/null
    etcdctl lease revoke "$lease" >/dev/null
  done
}

@test "session: a reboot alone does not make it another machine" {
  original
  jq -e '.machine | (.cards | any(test("^.[014589cd]"))) or .board != ""' "$file" || skip "this machine has no mark that outlives a boot"
  edit '.machine.boot = "the one before"'
  run -0 --separate-stderr electctl campaign "$name" original --session "$file" --try --ttl 60
  [[ -z $stderr ]]
}

@test "session: a symbolic link leads to one session, not to a second one, also where its file is not there yet" {
  name=$(name_of_test)
  ln -s session "$BATS_TEST_TMPDIR/link"
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" other
  holder=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/holder"
  # The file is written now, and again when CMD starts after the wait.
  run -11 timeout -s KILL 20 "$ELECTCTL" campaign "$name" me --session "$BATS_TEST_TMPDIR/link" --try -- true
  kill "$holder"
  ended "$holder" 0
  start "$BATS_TEST_TMPDIR/cmd" "$ELECTCTL" campaign "$name" me --session "$BATS_TEST_TMPDIR/link" --try -- sh -c 'echo runs; exec sleep 1000'
  wait_for 10 test -s "$BATS_TEST_TMPDIR/cmd"
  [[ -L $BATS_TEST_TMPDIR/link && -f $file ]]
  run -11 electctl campaign "$name" me --session "$file" --try -- echo too
  [[ -z $output ]]
}

@test "session: a link that leads to itself is an error" {
  ln -s session "$file"
  run -1 --separate-stderr timeout -s KILL 20 "$ELECTCTL" campaign "$(name_of_test)" --session "$file" --try
  [[ $stderr == "Error: session file '$file' cannot be opened: "* && ${#stderr_lines[@]} == 1 ]]
}

@test "session: a file with another hard link is refused: it would go on under two names" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" a --try --session "$BATS_TEST_TMPDIR/a"
  ln "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
  for file in a b; do
    run -1 --separate-stderr electctl campaign "$name" a --try --session "$BATS_TEST_TMPDIR/$file"
    [[ $stderr == "Error: session file '$BATS_TEST_TMPDIR/$file' has another hard link: "* && ${#stderr_lines[@]} == 1 ]]
  done
  rm "$BATS_TEST_TMPDIR/b"
  run -0 electctl campaign "$name" a --try --session "$BATS_TEST_TMPDIR/a"
}

@test "session: resign and proclaim refuse a copy, and change nothing" {
  original
  cp "$file" "$BATS_TEST_TMPDIR/copy"
  run -1 electctl resign "$name" --session "$BATS_TEST_TMPDIR/copy"
  [[ $output == "Error: session file '$BATS_TEST_TMPDIR/copy' is a copy, so "* ]]
  run -1 electctl proclaim "$name" new --session "$BATS_TEST_TMPDIR/copy"
  leads "$name" original
}

@test "session: a file of electctl 0.1.0, which is bound to nothing, is replaced" {
  original
  edit 'del(.machine) | del(.file)'
  replaced "was written by electctl 0.1.0, which did not record the machine"
}

@test "session: an emptied file is said; a new one, and one that a failed run left, are not" {
  name=$(name_of_test)
  run -2 electctl campaign "$name" me --session "$file" --try --endpoints 127.0.0.1:1 --dial-timeout 100ms
  [[ ! -e $file ]]
  run -0 --separate-stderr electctl campaign "$name" me --session "$file" --try --ttl 60
  [[ -z $stderr ]]
  : >"$file"
  run -11 --separate-stderr electctl campaign "$name" me --session "$file" --try --ttl 60
  [[ $stderr == "electctl: session file '$file' is empty: a session that it held cannot be found any more; a new one is begun" ]]
}

@test "session: what is stored is on the disk before it takes the old file's place" {
  if is_sanitized; then skip "strace and the leak sanitizer do not go together"; fi
  run -0 strace -f -e trace=fsync,rename -o "$BATS_TEST_TMPDIR/trace" "$ELECTCTL" campaign "$(name_of_test)" me --session "$file" --try
  # It is written before the lease is granted, and when the candidate stands.
  [[ $(grep -oE '(fsync|rename)\(.* = 0' "$BATS_TEST_TMPDIR/trace" | cut -d'(' -f1 | tr '\n' ' ') == "fsync rename fsync rename " ]]
}

@test "session: who has the old file open reads the old session, whole" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" me --session "$file" --try
  content=$(<"$file")
  exec {old}<"$file"
  run -0 electctl campaign "$name-2" me --session "$file" --try
  [[ $(cat <&"$old") == "$content" && $(<"$file") != "$content" ]]
  (($(find "$BATS_TEST_TMPDIR" -name 'session*' | wc -l) == 1))
}

@test "session: a file that another run replaces between the opening and the lock is read anew" {
  if is_sanitized; then skip "strace and the leak sanitizer do not go together"; fi
  name=$(name_of_test)
  run -0 electctl campaign "$name-1" me --session "$file" --try --ttl 60
  start "$BATS_TEST_TMPDIR/slow" strace -f -e trace=flock -e inject=flock:delay_enter=2000000:when=1 -o "$BATS_TEST_TMPDIR/trace" \
    "$ELECTCTL" campaign "$name-3" me --session "$file" --try --ttl 60
  slow=$!
  # shellcheck disable=SC2016
  wait_for 10 eval '[[ $(find "/proc/$(pgrep -P "$slow")/fd" -lname "$file") ]]'
  run -0 electctl campaign "$name-2" me --session "$file" --try --ttl 60
  ended "$slow" 0
  [[ $(<"$BATS_TEST_TMPDIR/slow.err") == *" '$name-2'; a new one replaces it" ]]
  # So the candidacy that it replaced was given up.
  run -10 electctl leader "$name-2"
}
