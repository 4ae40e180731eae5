#!/usr/bin/env bats
# campaign NAME -- CMD: CMD runs only while no other candidate can lead.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

gone() { ! kill -0 "$1" 2>/dev/null || [[ $(ps -o stat= -p "$1") == Z* ]]; }

# A CMD that prints its process ID, and then waits for ever, together with a child.
waiting_cmd='echo $$ >"$PIDFILE"; sleep 1000 & wait; sleep 1000'
start_holder() {
  name=$(name_of_test)
  export PIDFILE=$BATS_TEST_TMPDIR/pid
  rm -f "$PIDFILE"
  # A shell without job control ignores SIGQUIT in what it starts in the background.
  start "$BATS_TEST_TMPDIR/holder" env --default-signal=QUIT "$ELECTCTL" campaign "$name" holder "$@"
  holder=$!
  wait_for 10 test -s "$PIDFILE"
  cmd=$(<"$PIDFILE")
}

@test "gate: CMD's own exit code; 128+N where signal N ended it; 126 and 127 as a shell" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" v -- true
  run -7 electctl campaign "$name" v -- sh -c 'exit 7'
  run -143 electctl campaign "$name" v -- sh -c 'kill -TERM $$'
  run -127 electctl campaign "$name" v -- "$BATS_TEST_TMPDIR/none"
  [[ $output == "Error: cannot run $BATS_TEST_TMPDIR/none: No such file or directory" ]]
  # Only a line for a shell needs one.
  run -127 electctl campaign "$name" v -- "no-such-command here"
  [[ $output == "Error: cannot run no-such-command here: No such file or directory; to have a shell run this line, write: -- sh -c 'no-such-command here'" ]]
  run -127 electctl campaign "$name" v -- no-such-command "with words"
  [[ $output != *"sh -c"* ]]
  run -126 electctl campaign "$name" v -- /etc/passwd
  run -10 electctl inspect "$name"
}

@test "gate: CMD leads while it runs, has it all in its environment, and nothing else is on standard output" {
  name=$(name_of_test " with 'quotes'")
  ELECTCTL_REV=inherited run -0 electctl campaign "$name" 'my value' --ttl 30 -- \
    bash -c '"$ELECTCTL" leader "$ELECTCTL_NAME"; env | grep ^ELECTCTL_ | sort'
  [[ ${lines[0]} == "$name/"* && ${lines[1]} == "my value" ]]
  lease=${lines[0]#"$name/"}
  [[ $output == *"ELECTCTL_KEY=${lines[0]}"* && $output == *"ELECTCTL_LEASE=$lease"* && $output == *"ELECTCTL_TTL=30"* ]]
  [[ $output == *"ELECTCTL_VALUE=my value"* && $output == *"ELECTCTL_ENDPOINTS=$ETCDCTL_ENDPOINTS"* ]]
  [[ $output =~ ELECTCTL_REV=[0-9]+ && $output != *inherited* ]]
  run -10 electctl inspect "$name"
}

@test "gate: standard input is CMD's" {
  run -0 bash -c 'echo through | "$ELECTCTL" campaign "$1" v -- cat' _ "$(name_of_test)"
  [[ $output == through ]]
}

@test "gate: resigned or revoked: CMD and its children are ended at once, exit 12" {
  for way in resign revoke; do
    start_holder --ttl 60 -- bash -c "$waiting_cmd"
    children=$(pgrep -P "$cmd")
    if [[ $way == resign ]]; then
      electctl resign "$name" --leader
    else
      etcdctl lease revoke "$(electctl leader "$name" -w json | jq -r .lease)"
    fi
    ended "$holder" 12
    gone "$cmd"
    gone "$children"
  done
}

@test "gate: a CMD that ignores SIGTERM is killed after --kill-after" {
  start_holder --ttl 60 --kill-after 200ms -- bash -c "trap '' TERM; $waiting_cmd"
  electctl resign "$name" --leader
  ended "$holder" 12
  gone "$cmd"
}

@test "gate: electctl is killed: CMD and its children are gone" {
  start_holder --ttl 60 -- bash -c "$waiting_cmd"
  children=$(pgrep -P "$cmd")
  kill -KILL "$holder"
  wait_for 5 gone "$cmd"
  wait_for 5 gone "$children"
}

@test "gate: electctl is stopped: CMD is gone before another candidate leads" {
  start_holder --ttl 2 -- bash -c "trap '' TERM; $waiting_cmd"
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next -- \
    bash -c 'kill -0 "$1" 2>/dev/null && [[ $(ps -o stat= -p "$1") != Z* ]] && echo overlap || echo alone' _ "$cmd"
  next=$!
  wait_for 10 stands "$name" 2
  kill -STOP "$holder"
  ended "$next" 0
  [[ $(<"$BATS_TEST_TMPDIR/next") == alone ]]
  kill -CONT "$holder"
  ended "$holder" 12
}

@test "gate: etcd stops answering without closing: CMD is ended in time, exit 12" {
  start_holder --ttl 2 -- bash -c "$waiting_cmd"
  member=$(<"$SANDBOX_DIR/member-1.pid")
  kill -STOP "$member"
  wait_for 10 gone "$cmd"
  kill -CONT "$member"
  ended "$holder" 12
}

@test "gate: CMD's end leaves nothing of its group behind" {
  export PIDFILE=$BATS_TEST_TMPDIR/pid
  run -0 electctl campaign "$(name_of_test)" v -- bash -c 'sleep 1000 & echo $! >"$PIDFILE"'
  gone "$(<"$PIDFILE")"
}

@test "gate: SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH are passed on to CMD" {
  for signal in TERM HUP QUIT USR1 USR2 WINCH; do
    start_holder -- bash -c "trap 'echo got $signal; kill \$!; exit 5' $signal; $waiting_cmd"
    kill "-$signal" "$holder"
    ended "$holder" 5
    [[ $(<"$BATS_TEST_TMPDIR/holder") == "got $signal" ]]
    run -10 electctl inspect "$name"
  done
}

@test "gate: --try and --wait: CMD is not run where another leads" {
  start_holder -- bash -c "$waiting_cmd"
  run -11 electctl campaign "$name" other --try -- echo ran
  [[ -z $output ]]
  run -9 electctl campaign "$name" other --wait 200ms -E 9 -- echo ran
  [[ -z $output ]]
  kill "$holder"
  ended "$holder" 143
}

@test "gate --max-runtime: exit 124, CMD ended, leadership given up" {
  name=$(name_of_test)
  run -124 electctl campaign "$name" v --max-runtime 200ms -- sleep 1000
  run -10 electctl inspect "$name"
}

@test "gate --linger: leads on after CMD's end" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v --linger 1000 -- echo finished
  wait_for 10 grep -q finished "$BATS_TEST_TMPDIR/out"
  leads "$name" v
  kill -TERM "$!"
  ended "$!" 0  # CMD's own exit code: CMD had ended by itself.
}

@test "gate --linger: also where CMD failed; its exit code stands" {
  before=$(date +%s%N)
  run -3 electctl campaign "$(name_of_test)" v --linger 1s -- sh -c 'exit 3'
  (($(date +%s%N) - before >= 1000000000))
}

@test "gate --lock-delay: after having waited, CMD starts later; at once where it led at once" {
  name=$(name_of_test)
  run -0 electctl campaign "$name" v --lock-delay 1000 -- true
  start_holder -- bash -c "$waiting_cmd"
  start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next --lock-delay 1000 -- echo ran
  wait_for 10 stands "$name" 2
  kill "$holder"
  wait_for 10 leads "$name" next
  [[ ! -s $BATS_TEST_TMPDIR/next ]]
  kill -TERM "$!"
  ended "$!" 143
  [[ ! -s $BATS_TEST_TMPDIR/next ]]
}

@test "gate --lock-delay: a signal ends it with 128+N, nothing is run, and no run is recorded" {
  for signal in TERM:143 HUP:129; do
    start_holder -- bash -c "$waiting_cmd"
    start "$BATS_TEST_TMPDIR/next" "$ELECTCTL" campaign "$name" next --lock-delay 1000 --once id -- echo ran
    wait_for 10 stands "$name" 2
    kill "$holder"
    wait_for 10 leads "$name" next
    kill "-${signal%:*}" "$!"
    ended "$!" "${signal#*:}"
    [[ ! -s $BATS_TEST_TMPDIR/next ]]
    run -10 electctl inspect "$name" --runs
    run -10 electctl leader "$name"
  done
}

@test "gate --once: CMD runs once for an ID, exit 11 afterwards, and the record is under no election" {
  name=$(name_of_test /x)
  run -0 electctl campaign "$name" v --once 2026-01-01T00:00/a -- echo ran
  [[ $output == ran ]]
  run -11 electctl campaign "$name" v --once 2026-01-01T00:00/a -- echo ran
  [[ -z $output ]]
  run -0 electctl campaign "$name" v --once other --once-keep 5s -- true
  [[ $(etcdctl get electctl-once --prefix --keys-only | grep -c /) == 0 ]]
  record=$(etcdctl get "electctl-once:${name//\//%2F}:other" -w fields | sed -n 's/^"Lease" : //p')
  (($(etcdctl lease timetolive "$(printf %x "$record")" -w json | jq '."granted-ttl"') == 5))
}

@test "gate: a key that somebody put anew without the lease is deleted all the same" {
  start_holder -- bash -c "trap 'exit 0' TERM; $waiting_cmd"
  etcdctl put "$(electctl leader "$name" --keys-only | head -n 1)" taken
  wait_for 10 leads "$name" taken
  kill -TERM "$holder"
  ended "$holder" 0
  run -10 electctl inspect "$name"
}

@test "gate: signals that CMD handles do not keep electctl from withdrawing" {
  start_holder --ttl 60 -- bash -c "trap 'echo again' HUP; trap 'exit 0' USR1; $waiting_cmd; while :; do sleep 1; done"
  for _ in 1 2 3; do kill -HUP "$holder"; done
  kill -USR1 "$holder"
  wait_for 10 eval 'kill -USR1 "$holder" 2>/dev/null; not_running "$holder"'
  run -10 electctl inspect "$name"
}

@test "gate --rejoin: told to end, it does not stand again" {
  start_holder --ttl 60 --rejoin --kill-after 300ms -- bash -c "trap '' TERM; $waiting_cmd"
  kill -TERM "$holder"
  electctl resign "$name" --leader
  ended "$holder" 12
  run -10 electctl inspect "$name"
}

@test "gate --rejoin: after a loss it stands again at the tail, with a new session" {
  start_holder --rejoin -- bash -c "$waiting_cmd"
  first=$(electctl leader "$name" -w json | jq .create_revision)
  rm "$PIDFILE"
  electctl resign "$name" --leader
  wait_for 10 test -s "$PIDFILE"
  (($(electctl leader "$name" -w json | jq .create_revision) > first))
  kill -TERM "$holder"
  ended "$holder" 143
}

@test "gate: systemd is told READY=1 when elected" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/notified" socat -u "UNIX-RECV:$BATS_TEST_TMPDIR/socket" STDOUT
  wait_for 10 test -S "$BATS_TEST_TMPDIR/socket"
  NOTIFY_SOCKET=$BATS_TEST_TMPDIR/socket run -0 electctl campaign "$name" v -- true
  wait_for 10 grep -q '^READY=1' "$BATS_TEST_TMPDIR/notified"
  wait_for 10 grep -q '^STATUS=leading with fencing token [0-9]' "$BATS_TEST_TMPDIR/notified"
}

@test "gate --rejoin: systemd is not told STOPPING=1 before the end, or it would end what stands again" {
  start "$BATS_TEST_TMPDIR/notified" socat -u "UNIX-RECV:$BATS_TEST_TMPDIR/socket" STDOUT
  wait_for 10 test -S "$BATS_TEST_TMPDIR/socket"
  export NOTIFY_SOCKET=$BATS_TEST_TMPDIR/socket
  start_holder --rejoin -- bash -c "$waiting_cmd"
  rm "$PIDFILE"
  electctl resign "$name" --leader
  wait_for 10 test -s "$PIDFILE"
  wait_for 10 grep -q 'STATUS=leadership lost; standing again.*READY=1' "$BATS_TEST_TMPDIR/notified"
  run -1 grep 'STOPPING=1' "$BATS_TEST_TMPDIR/notified"
  kill -TERM "$holder"
  ended "$holder" 143
  wait_for 10 grep -q 'STOPPING=1' "$BATS_TEST_TMPDIR/notified"
}

@test "gate: options of CMD without a CMD, and an empty CMD: exit 128" {
  for options in '--linger 1' '--lock-delay 1' '--kill-after 1' '--max-runtime 1' '--once x' '--once-keep 1h --once x' '--once x --retry'; do
    # shellcheck disable=SC2086
    run -128 electctl campaign a $options
  done
  run -128 electctl campaign a v --
  run -128 electctl campaign a v -- ''
  run -128 electctl campaign a v --once-keep 1h -- true
}

@test "gate --rejoin: not where CMD has done its work, nor where the lease to stand under is gone" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/lingers" "$ELECTCTL" --debug campaign "$name" v --rejoin --linger 60s -- sh -c 'echo $$'
  wait_for 10 test -s "$BATS_TEST_TMPDIR/lingers"
  guard=$(pgrep -P "${started[0]}")
  wait_for 10 gone "$guard"  # The guard reports CMD's end, and exits.
  electctl resign "$name" --leader
  ended "${started[0]}" 12
  (($(wc -l <"$BATS_TEST_TMPDIR/lingers") == 1))
  lease=$(grant 60)
  start "$BATS_TEST_TMPDIR/leads" "$ELECTCTL" campaign "$name" v --rejoin --lease "$lease" -- sleep 1000
  wait_for 10 leads "$name" v
  waits=$(grant 60)
  start "$BATS_TEST_TMPDIR/waits" "$ELECTCTL" campaign "$name" w --rejoin --lease "$waits" -- sleep 1000
  wait_for 10 stands "$name" 2
  "$ETCDCTL" lease revoke "$waits"
  ended "${started[2]}" 12
  "$ETCDCTL" lease revoke "$lease"
  ended "${started[1]}" 12
}

# Starts processes that leave CMD's group: one in its own session, a daemon, one that ignores SIGTERM, timeout's child.
wandering_cmd='setsid bash -c "trap \"\" TERM; echo \$\$ >>\"\$PIDFILE.left\"; sleep 1000; sleep 1000" &
  (setsid bash -c "echo \$\$ >>\"\$PIDFILE.left\"; exec sleep 1000" &)
  timeout 1000 bash -c "echo \$\$ >>\"\$PIDFILE.left\"; exec sleep 1000" &
  while (($(wc -l <"$PIDFILE.left") < 3)); do sleep 0.02; done 2>/dev/null
  '
all_gone() {
  local pid
  for pid in "$@"; do gone "$pid" || return 1; done
}

@test "gate: whoever left CMD's group is gone when leadership is given up: CMD's end, a resignation, a lost lease" {
  for way in end resign lose; do
    start_holder --ttl 2 -- bash -c ": >\"\$PIDFILE.left\"; $wandering_cmd $waiting_cmd"
    mapfile -t left <"$PIDFILE.left"
    ((${#left[@]} == 3))
    case $way in
      end) kill -KILL "$cmd"; ended "$holder" 137 ;;
      resign) electctl resign "$name" --leader; ended "$holder" 12 ;;
      lose)
        member=$(<"$SANDBOX_DIR/member-1.pid")
        kill -STOP "$member"
        wait_for 10 all_gone "$cmd" "${left[@]}"
        kill -CONT "$member"
        ended "$holder" 12 ;;
    esac
    all_gone "$cmd" "${left[@]}"
  done
}

@test "gate: electctl or the guard is killed: whoever left CMD's group is gone, too" {
  for victim in guard electctl; do
    start_holder --ttl 60 --kill-after 300ms -- bash -c ": >\"\$PIDFILE.left\"; $wandering_cmd $waiting_cmd"
    mapfile -t left <"$PIDFILE.left"
    guard=$(pgrep -P "$holder")
    if [[ $victim == electctl ]]; then
      kill -KILL "$holder"
    else
      kill -KILL "$guard"
      ended "$holder" 1
      grep -qx 'Error: the guard process was killed, and CMD with it' "$BATS_TEST_TMPDIR/holder.err"
      run -10 electctl inspect "$name"
    fi
    wait_for 10 all_gone "$cmd" "${left[@]}" "$guard"
  done
}

@test "gate: a guard that hangs when leadership is lost is killed, and CMD with it" {
  start_holder --ttl 600 --kill-after 300ms -- bash -c "$waiting_cmd"
  # As under a debugger: SIGCONT does not wake it.
  start "$BATS_TEST_TMPDIR/debugger" python3 -c 'import ctypes, os, sys
guard = int(sys.argv[1])
if ctypes.CDLL(None).ptrace(16, guard, None, None) == 0:  # PTRACE_ATTACH
    os.waitpid(guard, 0)
    print("hangs", flush=True)
    os.waitpid(guard, 0)' "$(pgrep -P "$holder")"
  wait_for 10 grep -q hangs "$BATS_TEST_TMPDIR/debugger"
  electctl resign "$name" --leader
  ended "$holder" 12
  gone "$cmd"
}

@test "gate: pkill electctl and pkill -f electctl mean electctl alone" {
  start_holder --ttl 60 -- bash -c "$waiting_cmd"
  guard=$(pgrep -P "$holder")
  run -0 pgrep -g "$cmd"
  ((${#lines[@]} == 3))  # CMD, its child, and the holder (see kernel_guard.h).
  [[ $(pgrep electctl) == *"$holder"* && $(pgrep -f electctl) == *"$holder"* ]]
  for process in "$guard" "${lines[@]}"; do
    run ! grep -q "^$process$" <(pgrep electctl; pgrep -f electctl)
  done
  [[ $(<"/proc/$guard/comm") == leader-guard && $(tr -d '\0' <"/proc/$guard/cmdline") == "leader-guard of $holder" ]]
  kill -KILL "$holder" "$guard"
  wait_for 10 gone "$cmd"
}

# A setuid copy of setpriv(1) plays sudo.
make_as_root() {
  ((EUID == 0)) || skip "makes a program that runs as root"
  directory=$(mktemp -d /tmp/electctl-setuid.XXXXXX)
  chmod 755 "$directory"
  cp "$(command -v setpriv)" "$directory/as-root"
  chmod u+s "$directory/as-root"
  cp "$ELECTCTL" "$directory/electctl"
}

# Runs as an ordinary user whose CMD starts a process of root's, as with sudo. $holder's CMD has ended. CMD started
# $root, which electctl has no permission to end.
start_with_child_of_root() {
  make_as_root
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" setpriv --reuid 12345 --regid 12345 --clear-groups \
    env ETCDCTL_ENDPOINTS="$ETCDCTL_ENDPOINTS" "$directory/electctl" campaign "$name" v -- \
    sh -c "'$directory/as-root' --reuid 0 sleep 1000 & echo \$!; sleep 0.1; exit 3"
  holder=${started[0]}
  wait_for 10 grep -q ' cannot be ended: it is of user root;' "$BATS_TEST_TMPDIR/holder.err"
  root=$(<"$BATS_TEST_TMPDIR/holder")
  guard=$(pgrep -P "$holder")
  rm -r "$directory"
}

@test "gate: a process that may not be ended is named, and leadership is kept while it lives" {
  start_with_child_of_root
  grep -qx "electctl: process $root, which CMD started, cannot be ended: it is of user root; waiting for its end; leadership is kept while the lease can be renewed" "$BATS_TEST_TMPDIR/holder.err"
  leads "$name" v
  before=$(awk '{ print $14 + $15 }' "/proc/$guard/stat")
  sleep 2
  (($(awk '{ print $14 + $15 }' "/proc/$guard/stat") - before < 50))  # Of 200 clock ticks: it does not try all the time.
  leads "$name" v
  kill "$root"
  ended "$holder" 3
  (($(wc -l <"$BATS_TEST_TMPDIR/holder.err") == 1))
  run -10 electctl inspect "$name"
}

@test "gate: a process that may not be ended is named, also where /proc hides it" {
  make_as_root
  run -3 --separate-stderr unshare --pid --fork --mount sh -c 'mount -t proc -o hidepid=2 proc /proc && "$@"' sh \
    setpriv --reuid 12345 --regid 12345 --clear-groups \
    timeout -s KILL 20 "$directory/electctl" campaign "$(name_of_test)" v -- \
    sh -c "'$directory/as-root' --reuid 0 sleep 2 & sleep 0.1; exit 3"
  rm -r "$directory"
  [[ $stderr =~ ^"electctl: process "[0-9]+", which CMD started, cannot be ended: it is another user's; waiting for its end; leadership is kept while the lease can be renewed"$ ]]
}

@test "gate: a process that does not end after SIGKILL is named, and leadership is kept until it is gone" {
  started=$BATS_TEST_TMPDIR/started
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$(name_of_test)" v -- sh -c "sleep 60 & echo \$! >$started; read -r line <$BATS_TEST_TMPDIR/fifo; exit 3"
  holder=$!
  wait_for 10 test -s "$started"
  # A process that is traced stays until its tracer has heard of its end.
  start "$BATS_TEST_TMPDIR/tracer" python3 -c 'if True:
    import ctypes, signal, sys
    seize = 0x4206
    if ctypes.CDLL(None).ptrace(seize, int(sys.argv[1]), 0, 0) != 0: sys.exit("not allowed")
    print("traces", flush=True)
    signal.pause()' "$(<"$started")"
  tracer=$!
  wait_for 10 eval 'grep -q traces "$BATS_TEST_TMPDIR/tracer" || grep -q "not allowed" "$BATS_TEST_TMPDIR/tracer.err"'
  grep -q traces "$BATS_TEST_TMPDIR/tracer" || skip "this system does not let a process trace another one"
  echo >"$BATS_TEST_TMPDIR/fifo"
  wait_for 10 grep -qx "electctl: process $(<"$started"), which CMD started, does not end after SIGKILL: perhaps it waits for a disk or a file system, or a debugger holds it; waiting for its end; leadership is kept while the lease can be renewed" "$BATS_TEST_TMPDIR/holder.err"
  leads "$(name_of_test)" v
  kill "$tracer"
  ended "$holder" 3
  (($(wc -l <"$BATS_TEST_TMPDIR/holder.err") == 1))
}

@test "gate: a process that may not be ended is named once, also where electctl takes over from a killed guard" {
  start_with_child_of_root
  kill -KILL "$guard"
  is_taken_over() { (($(ps -o ppid= -p "$root") == holder)); }
  wait_for 10 is_taken_over
  sleep 1  # Time enough to say it twice.
  leads "$name" v
  kill "$root"
  ended "$holder" 1
  (($(grep -c ' cannot be ended: ' "$BATS_TEST_TMPDIR/holder.err") == 1))
  (($(wc -l <"$BATS_TEST_TMPDIR/holder.err") == 2))
  run -10 electctl inspect "$name"
}
