#!/usr/bin/env bats
# --discovery-srv against a real DNS server, in a network of its own with its own /etc/resolv.conf.
load cluster

setup() { needs_own_network; }

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
  [[ ${lines[0]} == "Error: DNS names no etcd endpoint for 'nothing.example.test' (_etcd-client-ssl._tcp.nothing.example.test: "* ]]
  [[ ${lines[1]} == "exit 2" && ${lines[2]} == "Error: "*"example.test"* && ${lines[3]} == "exit 2" ]]
}
