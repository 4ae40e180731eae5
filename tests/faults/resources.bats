#!/usr/bin/env bats
# A machine that refuses threads, descriptors, memory, file size or /proc. Every subcommand does its work, or prints in one line why it
# cannot, and exits with one of its codes. It ends in time, and leaves no lease, key or process behind.
load ../cli/cluster

setup_file() {
  start_cluster
  ((EUID == 0)) || return 0  # See setup.
  # In a place where an ordinary user can run it. RLIMIT_NPROC does not hold for root, and counts all of the user's processes.
  export ROOM USER_ID
  ROOM=$(mktemp -d "${TMPDIR:-/tmp}/electctl-resources.XXXXXX")
  USER_ID=$((200000 + RANDOM))
  chmod 755 "$ROOM"
  install -m 755 "$ELECTCTL" "$ROOM/electctl"
  install -d -o "$USER_ID" "$ROOM/own"
  etcdctl put led/1 leader >/dev/null
}
teardown() { end_started; }
teardown_file() {
  rm -rf "${ROOM-}"
  stop_cluster
}
setup() {
  ((EUID == 0)) || skip "only root can run a program as another user"
  if is_sanitized; then skip "a sanitizer wants far more of each"; fi
}

# limited LIMIT COMMAND...: runs electctl as the other user. LIMIT: arguments of `ulimit`, or empty. `within`: a command that
# root runs first.
limited() {
  timeout --foreground -s KILL 20 ${stop_after:+timeout --foreground --preserve-status -s INT "$stop_after"} \
    ${within[@]+"${within[@]}"} setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups \
    bash -c '[[ -z $1 ]] || ulimit $1 || exit 99; shift; cd "$0/own" && exec "$0/electctl" "$@"' "$ROOM" "$@" 3>&-
}

leases() { etcdctl lease list | tail -n +2 | sort; }
keys() { etcdctl get '' --prefix --keys-only | grep -v '^$' | sort; }
nothing_runs() { ! pgrep -U "$USER_ID" >/dev/null; }

# checked LIMIT CODE OUTPUT COMMAND...: it exits with CODE and prints OUTPUT (a pattern), or fails by the rule.
checked() {
  local limit=$1 code=$2 pattern=$3 out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err got=0 errors
  shift 3
  limited "$limit" "$@" >"$out" 2>"$err" </dev/null || got=$?
  errors=$(grep -c '^Error: ' "$err" || true)
  # Warnings of electctl may come before the error.
  local other
  other=$(grep -vc -e '^Error: ' -e '^electctl: ' "$err" || true)
  # shellcheck disable=SC2053
  if ((got == code && other == 0)) && [[ $(<"$out") == $pattern ]]; then
    done_work=$((done_work + 1))
  elif ! { ((errors == 1 && other == 0)) && [[ $got =~ ^(1|2|126)$ ]]; }; then
    { echo "ulimit $limit: electctl $*: exit $got; it printed:"; cat "$out" "$err"; } >&2
    return 1
  fi
  refused=$((refused + (got != code)))
}

# all_of LIMIT: checks every subcommand under this limit.
all_of() {
  local limit=$1 n=n-$RANDOM$RANDOM
  local before_leases before_keys
  before_leases=$(leases) before_keys=$(keys)
  checked "$limit" 0 'electctl*' version
  checked "$limit" 0 '*complete*' completion bash
  checked "$limit" 0 '*Usage*' --help
  checked "$limit" 0 $'led/1\nleader' leader led
  checked "$limit" 0 $'led/1\nleader' leader led --wait 5s
  checked "$limit" 10 '' leader "$n" --wait 50ms
  checked "$limit" 0 $'led/1\nleader' observe led --count 1
  checked "$limit" 0 $'led/1\nleader' observe le --prefix --count 1
  checked "$limit" 0 'ran' observe led --count 1 --timeout 10s -- echo ran
  checked "$limit" 0 $'led/1\nleader' inspect led -w simple
  checked "$limit" 0 '*create_revision*' inspect led -w json
  checked "$limit" 0 '*' inspect led --history
  checked "$limit" 0 '*' inspect --all le
  checked "$limit" 0 '*etcdctl*' inspect led --etcdctl
  checked "$limit" 13 '*FAULT*' inspect led --verify
  checked "$limit" 0 '*' proclaim led leader --key led/1
  checked "$limit" 10 '' resign "$n" --leader
  checked "$limit" 0 'ran' campaign "$n" me --ttl 60 -- echo ran
  checked "$limit" 11 '' campaign led me --ttl 60 --wait 50ms
  checked "$limit" 11 '' campaign led me --ttl 60 --try -- echo ran
  checked "$limit" 0 "$n/"* campaign "$n" me --ttl 60 --try --session "$n"
  if [[ -s $ROOM/own/$n ]]; then
    etcdctl lease revoke "$(jq -r .lease "$ROOM/own/$n")" >/dev/null 2>&1 || true
  fi
  # These are ended by a signal, which takes time. So they run only at every third limit.
  if ((++turn % 3 == 1)); then
    stop_after=0.3
    checked "$limit" 0 '*' campaign "$n" me --ttl 60
    checked "$limit" 0 '*' elect "$n" me
    checked "$limit" 0 '*' elect -l "$n"
    checked "$limit" 0 '*' inspect led --watch -w json
    stop_after=
  fi
  wait_for 10 nothing_runs
  [[ $(leases) == "$before_leases" ]] || { echo "ulimit $limit left leases: $(leases)" >&2; return 1; }
  [[ $(keys) == "$before_keys" ]] || { echo "ulimit $limit left keys: $(keys)" >&2; return 1; }
}

# sweep LIMIT...: checks all subcommands under each limit. Some must be refused. The last limit must be enough for all.
sweep() {
  local limit
  done_work=0 refused=0 turn=0
  for limit in "$@"; do all_of "$limit"; done
  ((refused > 0))
  refused=0 turn=0
  all_of "$limit"
  ((refused == 0))
}

@test "refused threads: one line or the work done, from ulimit -u 1 on" {
  sweep -u\ {1..18} '-u 64'
}

@test "refused threads: a CMD that takes them all while the connection is made anew; SIGTERM ends electctl" {
  start "$BATS_TEST_TMPDIR/out" limited '-u 40' campaign "$(name_of_test)" me --ttl 6s -- \
    sh -c 'trap "echo full; exec sleep 1000" EXIT; while :; do sleep 1000 & done'
  wait_for 10 grep -q full "$BATS_TEST_TMPDIR/out"
  sleep 2  # By then grpc has started all its threads.
  kill -KILL "$(<"$SANDBOX_DIR/member-1.pid")"
  sleep 0.5  # It leaves the dead member.
  "$SANDBOX_DIR/member-1.start"
  # It ends by itself if its watch gets no thread.
  wait_for 4 nothing_runs || kill -TERM "$(pgrep -U "$USER_ID" -x electctl)"
  wait_for 10 nothing_runs
  run ! grep -v -e '^Error: .*raise ulimit -u' -e 'Cannot fork' "$BATS_TEST_TMPDIR/out.err"
}

# hang_timers PID: stops the threads of grpc that watch deadlines, as if the system had refused them.
hang_timers() {
  start "$BATS_TEST_TMPDIR/debugger" python3 -c 'import ctypes, glob, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
threads = [int(task.split("/")[-1]) for task in glob.glob(f"/proc/{sys.argv[1]}/task/*")
           if open(task + "/comm").read().startswith("grpc_global_tim")]
done = [ptrace(request, thread, None, None) for thread in threads for request in (0x4206, 0x4207)]  # SEIZE, INTERRUPT
print("hangs" if done and not any(done) else f"failed: {threads} {done}", flush=True)
try:
    while True: os.waitpid(-1, 0x40000000)  # Also for threads: a traced one is there until this has seen its end.
except ChildProcessError: pass' "$1"
  wait_for 10 grep -q hangs "$BATS_TEST_TMPDIR/debugger"
}

@test "refused threads: a call that ignores its deadline ends electctl, and the guard ends CMD" {
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$(name_of_test)" me --ttl 6s -- sh -c 'echo $$; exec sleep 1000'
  wait_for 10 test -s "$BATS_TEST_TMPDIR/out"
  hang_timers "${started[0]}"
  kill -STOP "$(<"$SANDBOX_DIR/member-1.pid")"
  wait_for 30 not_running "${started[0]}"
  kill -CONT "$(<"$SANDBOX_DIR/member-1.pid")"
  ended "${started[0]}" 1
  grep -qx 'Error: a call to etcd does not end; .*raise ulimit -u, .*' "$BATS_TEST_TMPDIR/out.err"
  not_running "$(<"$BATS_TEST_TMPDIR/out")"
}

@test "refused threads: a call that is late because electctl was stopped is not taken for one that hangs" {
  kill -STOP "$(<"$SANDBOX_DIR/member-1.pid")"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$(name_of_test)" me --command-timeout 2s
  sleep 1  # The call is under way.
  kill -STOP "${started[0]}"
  sleep 8
  kill -CONT "${started[0]}"
  wait_for 10 not_running "${started[0]}"
  kill -CONT "$(<"$SANDBOX_DIR/member-1.pid")"
  ended "${started[0]}" 2
  grep -q '^Error: no endpoint could be reached' "$BATS_TEST_TMPDIR/out.err"
  run ! grep -q 'does not end' "$BATS_TEST_TMPDIR/out.err"
}

@test "refused descriptors: one line or the work done, from ulimit -n 4 on" {
  sweep -n\ {4..24} '-n 64'
}

@test "refused memory: one line or the work done" {
  local megabytes limits=()
  for megabytes in {40..200..20} 400 2000; do limits+=("-v $((megabytes * 1024))"); done
  sweep "${limits[@]}"
}

@test "refused memory: an answer that there is no room for is one line" {
  local megabytes seen=0
  { head -c 1400000 /dev/zero | tr '\0' x; } >"$BATS_TEST_TMPDIR/value"
  for i in {1..20}; do etcdctl put "large/$i" <"$BATS_TEST_TMPDIR/value" >/dev/null; done
  for megabytes in {90..170..10}; do
    refused=0 done_work=0
    checked "-v $((megabytes * 1024))" 0 '*"rank":20,*' inspect large -w json
    seen=$((seen + refused))
  done
  ((seen > 0))
  etcdctl del large/ --prefix >/dev/null
}

@test "refused file size: CMD that cannot be passed on is one line, and nothing is left" {
  local before
  name=$(name_of_test) before=$(leases; keys)
  run limited '-f 0' campaign "$name" me --ttl 60 -- echo ran
  [[ $status == 1 && $output == 'Error: cannot pass CMD to the guard process: File too large; raise ulimit -f' ]]
  [[ $(leases; keys) == "$before" ]]
  wait_for 10 nothing_runs
  run limited '-f 0' campaign "$name" me --ttl 60 --once job -- echo ran
  [[ $status == 1 && $output == 'Error: cannot pass CMD'*'raise ulimit -f' ]]
  run limited '' campaign "$name" me --ttl 60 --once job --retry -- echo ran
  [[ $status == 0 && $output == ran ]]
}

@test "refused file size: a session file that cannot be written is one line, and nothing is left" {
  local before
  name=$(name_of_test) before=$(leases; keys)
  run limited '-f 0' campaign "$name" me --ttl 60 --session "$name" -- echo ran
  [[ $status == 1 && $output == "Error: session file '$name' cannot be written: File too large; raise ulimit -f" ]]
  [[ $(leases; keys) == "$before" && -z $(compgen -G "$ROOM/own/$name*") ]]
}

@test "refused file size: CMD has the action that electctl was started with" {
  name=$(name_of_test)
  writer=(sh -c 'ulimit -f 0; dd if=/dev/zero of="$0" count=1 2>/dev/null' "$name")
  for started_by in 'campaign x' 'observe led --count 1'; do
    # shellcheck disable=SC2086
    run limited '' $started_by -- "${writer[@]}"
    ((status == 128 + $(kill -l XFSZ)))
    # shellcheck disable=SC2086
    run env --ignore-signal=XFSZ bash -c 'cd "$1" && shift && exec "$@"' sh "$ROOM/own" \
      "$ROOM/electctl" $started_by -- "${writer[@]}"
    ((status == 1))
  done
}

hide_proc=(unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)

@test "without /proc: every subcommand does its work" {
  within=("${hide_proc[@]}")
  done_work=0 refused=0 turn=0
  all_of ''
  ((refused == 0))
}

@test "without /proc: --rejoin stands again" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "${hide_proc[@]}" "$ROOM/electctl" campaign "$name" me --rejoin -- sh -c 'echo ran; exec sleep 1000'
  wait_for 10 grep -q ran "$BATS_TEST_TMPDIR/out"
  electctl resign "$name" --leader
  wait_for 10 eval '[[ $(<"$BATS_TEST_TMPDIR/out") == "ran"$'"'\n'"'ran ]]'
  kill -TERM "${started[0]}"
  ended "${started[0]}" 143
}
