#!/usr/bin/env bats
# Servers that fail, readers that go away, and values that are too large.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() {
  end_started
  kill -CONT "$(<"$SANDBOX_DIR/member-1.pid")"
}

@test "an etcd that is not there: exit 2, the endpoint named" {
  run -2 electctl --endpoints 127.0.0.1:1 --dial-timeout 200ms leader x
  [[ $output == "Error: no endpoint could be reached within 200ms"*"(endpoint 127.0.0.1:1)" ]]
}

@test "an etcd that gives no answer: exit 2 within the dial timeout" {
  kill -STOP "$(<"$SANDBOX_DIR/member-1.pid")"
  run -2 electctl --dial-timeout 300ms leader x
  [[ $output == "Error: no endpoint could be reached"* ]]
}

@test "a server that is not etcd: an error that names it" {
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/crt"
  for port in {14000..14100}; do
    start "$BATS_TEST_TMPDIR/server" openssl s_server -accept "127.0.0.1:$port" -cert "$BATS_TEST_TMPDIR/crt" \
      -key "$BATS_TEST_TMPDIR/key" -www
    wait_for 10 eval 'grep -q ACCEPT "$BATS_TEST_TMPDIR/server" || not_running $!'
    if ! not_running "$!"; then break; fi
  done
  run -2 --separate-stderr electctl --endpoints "127.0.0.1:$port" --dial-timeout 500ms leader x
  [[ $stderr == "Error: "*"127.0.0.1:$port"* ]]
}

@test "a reader that closes the pipe ends the program quietly" {
  name=$(name_of_test)
  etcdctl put "$name/1" "$(head -c 100000 /dev/zero | tr '\0' x)"
  run --separate-stderr bash -c '"$ELECTCTL" inspect "$1" | head -c 1; exit "${PIPESTATUS[0]}"' _ "$name"
  ((status == 0 || status == 141))
  [[ -z $stderr ]]
}

@test "a reader that closes the pipe ends what waits for the next line, too, at once" {
  name=$(name_of_test)
  etcdctl put "$name/1" v
  for command in "observe $name" "observe $name --prefix -w json" "elect -l $name" "inspect $name --watch -w json"; do
    # shellcheck disable=SC2086
    run -0 --separate-stderr timeout 10 bash -c '"$ELECTCTL" "$@" | head -n 1; ((PIPESTATUS[0] == 141))' _ $command
    [[ -n $output && -z $stderr ]]
  done
  run -0 --separate-stderr timeout 10 bash -c '"$ELECTCTL" leader "$1" --wait | true; ((PIPESTATUS[0] == 141))' _ "$name-none"
  [[ -z $output$stderr ]]
}

@test "a holder without CMD holds on when its reader closes the pipe" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/first" bash -c '"$ELECTCTL" campaign "$1" v --ttl 3s | head -n 1' _ "$name"
  wait_for 10 grep -q "$name/" "$BATS_TEST_TMPDIR/first"
  # For longer than its TTL.
  for _ in 1 2 3 4 5; do
    sleep 1
    leads "$name" v
  done
  electctl resign "$name" --leader
  wait_for 10 not_running "$!"
}

@test "campaign into a closed pipe withdraws" {
  name=$(name_of_test)
  run -141 --separate-stderr bash -c '{ "$ELECTCTL" campaign "$1" v; echo "$?" >"$2"; } > >(exec 0<&-); exit "$(<"$2")"' \
    _ "$name" "$BATS_TEST_TMPDIR/code"
  [[ -z $stderr ]]
  run -10 electctl inspect "$name"
}

@test "a value of 3 MB: refused by the server, said in one line, nothing left behind" {
  name=$(name_of_test)
  run -1 bash -c 'head -c 3000000 /dev/zero | "$ELECTCTL" campaign "$1" -' _ "$name"
  [[ $output == "Error: "*"too large"* ]]
  ((${#lines[@]} == 1))
  run -10 electctl inspect "$name"
}

@test "an election whose listing is over 4 MiB is listed whole" {
  name=$(name_of_test)
  head -c 1000000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/megabyte"
  for i in 1 2 3 4 5; do etcdctl put "$name/$i" <"$BATS_TEST_TMPDIR/megabyte"; done
  run -0 bash -c '"$ELECTCTL" inspect "$1" | wc -c' _ "$name"
  ((output > 5000000))
  diff <(electctl inspect "$name") <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND)
}

@test "observe goes on over a restart of the server, with no change lost or repeated" {
  name=$(name_of_test)
  etcdctl put "$name/1" a
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" -w json --count 3
  observer=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/events"
  pid=$(<"$SANDBOX_DIR/member-1.pid")
  kill -KILL "$pid"
  wait_for 10 not_running "$pid"
  "$SANDBOX_DIR/member-1.start" 3>&-
  wait_for 20 etcdctl put "$name/1" b
  wait_for 20 etcdctl del "$name/1"
  ended "$observer" 0
  [[ $(jq -r .event "$BATS_TEST_TMPDIR/events" | tr '\n' ' ') == "elected proclaimed vacant " ]]
}

@test "standard error that is full or closed changes no exit code, and ends nothing" {
  name=$(name_of_test)
  for to in '2>/dev/full' '2>&-'; do
    for expected in "128 leader $name x" "10 leader $name" "2 leader $name --endpoints 127.0.0.1:1 --dial-timeout 200ms" \
      "127 campaign $name v -- /no/such" "124 campaign $name v --max-runtime 100ms -- sleep 10" \
      "0 --debug campaign $name v --ttl 2 -- sleep 2"; do
      run -"${expected%% *}" bash -c "'$ELECTCTL' ${expected#* } $to"
    done
  done
}

@test "standard output that does not block gets all of it" {
  name=$(name_of_test)
  head -c 300000 /dev/zero | tr '\0' x | electctl campaign "$name" - --session "$BATS_TEST_TMPDIR/session" --try >/dev/null
  size=$(python3 - "$ELECTCTL" "$name" <<'EOF'
import os, subprocess, sys, time
ours, theirs = os.pipe()
os.set_blocking(theirs, False)
program = subprocess.Popen([sys.argv[1], "leader", sys.argv[2], "--print-value-only"], stdout=theirs)
os.close(theirs)
time.sleep(0.3)  # By then the pipe is full.
size = 0
while part := os.read(ours, 65536):
    size += len(part)
print(size, program.wait())
EOF
  )
  [[ $size == "300001 0" ]]
}

@test "a login at an endpoint that is not there: the reason is said, whole" {
  run -2 --separate-stderr "$ELECTCTL" --endpoints 127.0.0.1:1 --user joe --password secret leader job
  [[ $stderr == *"within 2s: a login failed: connection refused; "* ]]
}

@test "standard output that is full or closed: exit 1, said, whatever prints" {
  name=$(name_of_test)
  etcdctl put "$name/1" v
  for command in "leader $name" "inspect $name" "inspect $name -w table" "inspect $name -w json" "inspect $name --history" \
    "inspect $name --verify" "inspect --all $name" "inspect $name --etcdctl" "inspect $name --watch" \
    "observe $name --count 1" "observe $name -w json" "campaign $name-c v" "elect $name-e v" "elect -l $name" \
    "resign $name-r --leader" version "completion bash" --help "leader --help"; do
    etcdctl put "$name-r/1" v
    # shellcheck disable=SC2086
    run -1 timeout 20 bash -c 'exec "$ELECTCTL" "$@" >/dev/full' _ $command
    [[ $output == "Error: cannot write to standard output: No space left on device" ]]
    etcdctl put "$name-r/1" v
    # shellcheck disable=SC2086
    run -1 timeout 20 bash -c 'exec "$ELECTCTL" "$@" >&-' _ $command
    [[ $output == "Error: cannot write to standard output: Bad file descriptor" ]]
  done
  run -10 electctl leader "$name-c"
}
