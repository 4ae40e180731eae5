# What all shell tests use: an etcd of its own for each file, the program under test, names that no other test uses, and
# functions that wait for an event with a deadline.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export ELECTCTL=${ELECTCTL:-$root/build/release/electctl}
ETCDCTL=$(type -P "${ETCDCTL:-etcdctl}")
export ETCDCTL
unset ETCDCTL_API  # From etcd 3.4 on there is only API 3. From 3.6 on etcdctl warns of this variable.
bats_require_minimum_version 1.5.0

# Whether the program was built with a sanitizer.
is_sanitized() { grep -qE '^ELECT_SANITIZE:STRING=.+' "$(dirname "$ELECTCTL")/CMakeCache.txt"; }

# start_cluster [sandbox's options]: for setup_file.
start_cluster() {
  local hold=$BATS_FILE_TMPDIR/hold variables=$BATS_FILE_TMPDIR/variables
  mkfifo "$hold"
  "$root/scripts/sandbox" "$@" <"$hold" >"$variables" 2>"$BATS_FILE_TMPDIR/sandbox.log" 3>&- &
  sandbox=$!
  exec {holding}>"$hold"
  export holding  # For run_member, in a test.
  wait_for 30 grep -q SANDBOX_DIR "$variables" || { cat "$BATS_FILE_TMPDIR/sandbox.log" >&2; return 1; }
  # shellcheck disable=SC1090
  source "$variables"
}

# For teardown_file.
stop_cluster() {
  exec {holding}>&-
  wait "$sandbox"
}

# start_member NAME SCHEME OPTION...: starts one more etcd, in a cluster of its own, that ends with the sandbox. Its URL is
# in $SANDBOX_DIR/member-NAME.url. For setup_file, after start_cluster.
start_member() {
  local name=$1 scheme=$2 files=$SANDBOX_DIR/member-$1 port url peer
  shift 2
  for _ in 1 2 3 4 5; do
    port=$((15000 + RANDOM % 17000))
    url=$scheme://127.0.0.1:$port peer=http://127.0.0.1:$((port + 1))
    printf '%q ' exec setsid "${ETCD:-etcd}" --name "$name" --data-dir "$files.data" --listen-client-urls "$url" \
      --advertise-client-urls "$url" --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
      --initial-cluster "$name=$peer" "$@" >"$files.run"
    run_member "$name"
    # Another program may have taken a port.
    # shellcheck disable=SC2016
    wait_for 20 eval 'grep -q "ready to serve client requests" "$files.log" || not_running "$(<"$files.pid")"'
    if ! not_running "$(<"$files.pid")"; then
      echo "$url" >"$files.url"
      return 0
    fi
    rm -rf "$files.data"
  done
  cat "$files.log" >&2
  return 1
}
# run_member NAME: starts it again after it has ended.
run_member() {
  local files=$SANDBOX_DIR/member-$1
  (
    if [[ ${holding-} ]]; then exec {holding}>&-; fi
    exec bash "$files.run"
  ) </dev/null >>"$files.log" 2>&1 3>&- &
  echo $! >"$files.pid"
}
url_of() { cat "$SANDBOX_DIR/member-$1.url"; }

# etcdctl_before MAJOR.MINOR: whether the etcdctl of the tests is older than that.
etcdctl_before() {
  local version
  version=$(etcdctl version | sed -n 's/^etcdctl version: //p')
  [[ $version != "$1"* && $(printf '%s\n' "$1" "$version" | sort -V | head -n 1) == "$version" ]]
}

electctl() { "$ELECTCTL" "$@" 3>&-; }
etcdctl() { "$ETCDCTL" "$@" 3>&-; }

# wait_for SECONDS COMMAND...: repeats COMMAND until it succeeds. Fails after so many seconds.
wait_for() {
  local give_up=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < give_up)) || { echo "waited in vain for: $*" >&2; return 1; }
    sleep 0.02
  done
}

# A name that only this test uses. $1: a suffix.
name_of_test() { echo "t$BATS_TEST_NUMBER-$BATS_SUITE_TEST_NUMBER${1-}"; }

# start FILE COMMAND...: starts it in the background with its output in FILE. `exec` makes $! the command's process ID.
start() {
  local output=$1
  shift
  : >"$output"  # So that an earlier command's output is not mistaken for its output.
  "$@" <&0 >"$output" 2>"$output.err" 3>&- &
  started+=("$!")
}

# Makes an endpoint that never answers; it is in $silent. Its listener is stopped, so only the kernel accepts connections.
start_silent() {
  local log=$BATS_TEST_TMPDIR/listener.err
  start "$BATS_TEST_TMPDIR/listener" socat -d -d -u TCP-LISTEN:0,bind=127.0.0.1 -
  wait_for 10 grep -q 'listening on AF=2 ' "$log"
  # shellcheck disable=SC2034
  silent=$(sed -n 's/.*listening on AF=2 //p' "$log")
  kill -STOP "$!"
}

# grant SECONDS: prints a new lease's ID as it is in keys, without the zeros that etcdctl pads it with.
grant() { etcdctl lease grant "$1" | awk '{ sub(/^0+/, "", $2); print $2 }'; }

# leads NAME VALUE: whether VALUE leads. stands NAME COUNT: whether so many candidates stand.
leads() { electctl leader "$1" --is "$2"; }
stands() { [[ $(electctl inspect "$1" -w fields | grep '^"Count"') == "\"Count\" : $2" ]]; }

# run_is ID FILTER EXPECTED: whether jq's FILTER gives EXPECTED for that run of the election $name. state_is ID STATE.
run_is() {
  local seen
  seen=$(electctl inspect "$name" --runs -w json --id "$1" | jq -c ".runs[0] | $2") || true
  [[ $seen == "$3" ]] || { echo "$seen in place of $3"; return 1; }
}
state_is() { run_is "$1" .state "\"$2\""; }

# ended PID CODE: waits at most ten seconds for its end, and checks its exit code.
ended() {
  local code=0
  wait_for 10 not_running "$1" || return 1
  wait "$1" || code=$?
  ((code == $2)) || { echo "exit code $code in place of $2" >&2; return 1; }
}
not_running() { ! kill -0 "$1" 2>/dev/null; }

# For setup, where in_network is used.
needs_own_network() {
  unshare --map-root-user --mount --net true || skip "this machine lets nobody make namespaces (unshare)"
  export ELECTCTL ETCDCTL root
}

# in_network TLS DNSMASQ-OPTIONS -- SCRIPT: runs SCRIPT in a network with an etcd and a name server for the zone
# example.test. In the options PORT stands for etcd's port.
in_network() {
  local tls=$1 dns=()
  shift
  while [[ $1 != -- ]]; do dns+=("$1"); shift; done
  # shellcheck disable=SC2016
  timeout 60 unshare --map-root-user --mount --net bash -euo pipefail -c '
    tls=$1 script=$2
    shift 2
    ip link set lo up
    echo "nameserver 127.0.0.1" >"$BATS_TEST_TMPDIR/resolv.conf"
    mount --bind "$BATS_TEST_TMPDIR/resolv.conf" /etc/resolv.conf
    export script
    "$root/scripts/sandbox" $tls -- bash -euo pipefail -c '\''
      port=${ETCDCTL_ENDPOINTS##*:}
      rm -f "$BATS_TEST_TMPDIR/dnsmasq"  # Of an earlier call: it says that it has started.
      dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --user= --local=/example.test/ --listen-address=127.0.0.1 \
        --bind-interfaces --address=/one.example.test/127.0.0.1 --address=/two.example.test/127.0.0.1 \
        "${@//PORT/$port}" >"$BATS_TEST_TMPDIR/dnsmasq" 2>&1 &
      server=$!
      trap "kill $server" EXIT
      until grep -qs "started" "$BATS_TEST_TMPDIR/dnsmasq"; do kill -0 "$server" && sleep 0.02; done
      unset ETCDCTL_ENDPOINTS
      eval "$script"
    '\'' _ "$@"
  ' _ "$tls" "$2" "${dns[@]}" 3>&-
}

# lease_ids: the IDs of all leases, sorted. no_lease_but IDS: whether there is no other lease. Some of IDS may have expired.
lease_ids() { etcdctl lease list | grep -x '[0-9a-f]*' | sort; }
no_lease_but() { [[ -z $(comm -13 <(echo "$1") <(lease_ids)) ]]; }

# For teardown: ends what a failed test left running.
end_started() {
  local pid
  for pid in ${started[@]+"${started[@]}"}; do
    { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
  done
}
