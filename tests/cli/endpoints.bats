#!/usr/bin/env bats
# Endpoints in every form that users of etcdctl write, and several of them.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  etcdctl put "$name/1" here >/dev/null
  here=${ETCDCTL_ENDPOINTS#http://}
  port=${here##*:}
}
teardown() { end_started; }

answers() { [[ $(electctl --endpoints "$1" leader "$name" --print-value-only) == here ]]; }

@test "an endpoint whose host name cannot be looked up is named, also beside others" {
  long=$(printf 'a%.0s' {1..64}).invalid:2379  # No name has so long a part, so no name server is asked.
  run -2 electctl --endpoints "$long" --dial-timeout 500ms leader job
  [[ $output == "Error: no endpoint could be reached within 500ms: the host name in '$long' cannot be looked up; "* ]]
  run -2 electctl --endpoints "127.0.0.1:1,$long" --dial-timeout 500ms leader job
  [[ $output == *"the host name in '$long' cannot be looked up; "* ]]
}

@test "endpoints: host name, IPv4, http://, a trailing slash" {
  for endpoint in "localhost:$port" "127.0.0.1:$port" "http://localhost:$port" "http://127.0.0.1:$port/"; do
    answers "$endpoint"
  done
}

@test "endpoints: blanks around one, an empty one and a scheme in capitals do not matter" {
  for endpoints in "$here," ",,$here" "127.0.0.1:1, $here" " 127.0.0.1:1 ,	http://$here" "http://$here " "127.0.0.1:1, HTTP://$here"; do
    answers "$endpoints"
    [[ $(ETCDCTL_ENDPOINTS=$endpoints electctl leader "$name" --print-value-only) == here ]]
  done
  # Several options add up, as in etcdctl.
  [[ $(electctl --endpoints 127.0.0.1:1 --endpoints "$here" leader "$name" --print-value-only) == here ]]
}

@test "endpoints: [IPv6]" {
  [[ -s /proc/net/if_inet6 ]] || skip "this machine has no IPv6"
  start "$BATS_TEST_TMPDIR/relay" socat "TCP6-LISTEN:$port,bind=[::1],reuseaddr,fork,ipv6only" "TCP:$here"
  wait_for 10 answers "[::1]:$port"
  answers "http://[::1]:$port"
}

@test "endpoints: unix://" {
  start "$BATS_TEST_TMPDIR/relay" socat "UNIX-LISTEN:$BATS_TEST_TMPDIR/etcd.sock,fork" "TCP:$here"
  wait_for 10 test -S "$BATS_TEST_TMPDIR/etcd.sock"
  answers "unix://$BATS_TEST_TMPDIR/etcd.sock"
  answers "unix:$BATS_TEST_TMPDIR/etcd.sock"
  # As etcd itself writes it: the path is relative to the current folder.
  cd "$BATS_TEST_TMPDIR"
  answers unix://etcd.sock
}

@test "endpoints: one that refuses and one that stays silent are waited for without burning a core" {
  start_silent
  # Which endpoint is tried first is random.
  for _ in 1 2 3; do
    run -2 /usr/bin/time -q -f '%e %U %S' -o "$BATS_TEST_TMPDIR/used" "$ELECTCTL" --endpoints "127.0.0.1:1,$silent" leader "$name"
    cat "$BATS_TEST_TMPDIR/used"
    awk '{ exit !($1 >= 1.5 && $2 + $3 < $1 / 2) }' "$BATS_TEST_TMPDIR/used"
  done
}

@test "endpoints: those that stay silent are given up after --dial-timeout, and not asked again" {
  start_silent
  one=$silent
  start_silent
  for endpoints in "$one" "http://$one" "$one,$silent" "https://$one"; do
    run -2 /usr/bin/time -q -f %e -o "$BATS_TEST_TMPDIR/used" "$ELECTCTL" --endpoints "$endpoints" --dial-timeout 1s leader "$name"
    [[ $output == "Error: no endpoint could be reached within 1s: "* ]]
    [[ $endpoints == https:* || $output == *": no answer; "* ]]
    awk '{ exit !($1 >= 1 && $1 < 1.9) }' "$BATS_TEST_TMPDIR/used"
  done
}

# A full queue: the kernel answers no further connection.
@test "endpoints: one that does not even accept connections gives no answer, and TLS is not blamed" {
  start "$BATS_TEST_TMPDIR/full" python3 -uc '
import socket, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
waiting = [socket.socket() for _ in range(3)]
for one in waiting:
  one.setblocking(False)
  one.connect_ex(listener.getsockname())
print(listener.getsockname()[1])
time.sleep(60)'
  wait_for 10 test -s "$BATS_TEST_TMPDIR/full"
  for scheme in http:// https:// ''; do
    run -2 electctl --endpoints "${scheme}127.0.0.1:$(<"$BATS_TEST_TMPDIR/full")" --dial-timeout 300ms leader "$name"
    [[ $output == "Error: no endpoint could be reached within 300ms: no answer; "* ]]
  done
}

@test "endpoints: of several the ones that are not there are passed over, in any order" {
  for endpoints in "127.0.0.1:1,$here" "$here,127.0.0.1:1" "no-such-host.invalid:2379,127.0.0.1:1,$here"; do
    answers "$endpoints"
    start "$BATS_TEST_TMPDIR/led" "$ELECTCTL" --endpoints "$endpoints" campaign "$name-$RANDOM" v -- echo ran
    ended "$!" 0
    [[ $(<"$BATS_TEST_TMPDIR/led") == ran ]]
  done
}
