#!/usr/bin/env bats
# --discovery-srv against a real DNS server, in a network of its own: there the name server of /etc/resolv.conf is ours.
load cluster

setup() {
  unshare --map-root-user --mount --net true || skip "this machine lets nobody make namespaces (unshare)"
  export ELECTCTL ETCDCTL root
}

# in_network TLS DNSMASQ-OPTIONS -- SCRIPT: runs SCRIPT beside an etcd and a name server that knows the zone example.test.
# In the options, PORT is etcd's.
in_network() {
  local tls=$1 dns=()
  shift
  while [[ $1 != -- ]]; do dns+=("$1"); shift; done
  timeout 60 unshare --map-root-user --mount --net bash -euo pipefail -c '
    tls=$1 script=$2
    shift 2
    ip link set lo up
    echo "nameserver 127.0.0.1" >"$BATS_TEST_TMPDIR/resolv.conf"
    mount --bind "$BATS_TEST_TMPDIR/resolv.conf" /etc/resolv.conf
    export script
    "$root/scripts/sandbox" $tls -- bash -euo pipefail -c '\''
      port=${ETCDCTL_ENDPOINTS##*:}
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

@test "discovery: the endpoints are those of the domain's SRV records, tried until one answers" {
  # shellcheck disable=SC2016
  run -0 in_network '' --srv-host=_etcd-client._tcp.example.test,one.example.test,PORT --srv-host=_etcd-client._tcp.example.test,two.example.test,1 -- '
    "$ELECTCTL" --discovery-srv example.test campaign job me -- sh -c '\''echo "$ELECTCTL_ENDPOINTS"; "$ELECTCTL" --endpoints "$ELECTCTL_ENDPOINTS" leader job --print-value-only'\''
    ETCDCTL_DISCOVERY_SRV=example.test "$ELECTCTL" inspect job --verify || echo "exit $?"'
  echo "$output"
  [[ ${lines[0]} == http://*.example.test:*,http://*.example.test:* ]]
  [[ ${lines[1]} == me ]]
  [[ $output == *"exit 10" ]]
}

@test "discovery: --discovery-srv-name chooses one of several clusters" {
  # shellcheck disable=SC2016
  run -0 in_network '' --srv-host=_etcd-client-blue._tcp.example.test,one.example.test,PORT --srv-host=_etcd-client._tcp.example.test,two.example.test,1 -- '
    "$ELECTCTL" --discovery-srv example.test --discovery-srv-name blue campaign job me -- echo ran'
  echo "$output"
  [[ $output == ran ]]
}

@test "discovery: with --insecure-discovery=false plain endpoints are not taken, and certificates have to be for the domain" {
  # shellcheck disable=SC2016
  run -0 in_network '' --srv-host=_etcd-client._tcp.example.test,one.example.test,PORT -- '
    "$ELECTCTL" --discovery-srv example.test --insecure-discovery=false leader job || echo "exit $?"'
  [[ $output == *"Error: "*"example.test"*"--insecure-discovery"*"exit 2" ]]
  # The sandbox's certificate is for localhost.
  # shellcheck disable=SC2016
  run in_network --tls --srv-host=_etcd-client-ssl._tcp.localhost,one.example.test,PORT --srv-host=_etcd-client-ssl._tcp.example.test,localhost,PORT -- '
    "$ELECTCTL" --discovery-srv localhost --insecure-discovery=false campaign job me -- echo for-the-domain
    "$ELECTCTL" --discovery-srv example.test campaign job me -- echo for-the-host
    "$ELECTCTL" --discovery-srv example.test --insecure-discovery=false leader job || echo "exit $?"'
  echo "$output"
  ((status == 0))
  [[ ${lines[0]} == for-the-domain && ${lines[1]} == for-the-host ]]
  [[ $output == *"Error: "*"example.test"*"exit 2" ]]
}

@test "discovery: no such record, and a name server that is not there: exit 2, the names that were asked for" {
  # shellcheck disable=SC2016
  run -0 in_network '' -- '
    "$ELECTCTL" --discovery-srv nothing.example.test leader job || echo "exit $?"
    kill "$server"; wait "$server" || true; trap - EXIT
    "$ELECTCTL" --discovery-srv example.test --dial-timeout 500ms leader job || echo "exit $?"'
  [[ ${lines[0]} == "Error: DNS has no etcd endpoint of 'nothing.example.test': _etcd-client-ssl._tcp.nothing.example.test: "* ]]
  [[ ${lines[1]} == "exit 2" && ${lines[2]} == "Error: "*"example.test"* && ${lines[3]} == "exit 2" ]]
}
