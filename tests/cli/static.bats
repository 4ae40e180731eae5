#!/usr/bin/env bats
# A release build is one file that needs nothing from its machine: no library, no name service, no new kernel.
load cluster

setup() {
  grep -q '^ELECT_STATIC:BOOL=ON' "$(dirname "$ELECTCTL")/CMakeCache.txt" || skip "this build is not static"
}

@test "static: one file, with no interpreter and no libraries" {
  run -0 readelf --wide --program-headers --dynamic "$ELECTCTL"
  [[ $output != *INTERP* && $output != *NEEDED* ]]
  run -1 ldd "$ELECTCTL"
  [[ $output == *"not a dynamic executable"* ]]
}

@test "static: the C library's name service, loader and character sets are not in it" {
  nm "$ELECTCTL" >"$BATS_TEST_TMPDIR/symbols"
  grep -q ' T main$' "$BATS_TEST_TMPDIR/symbols"
  for name in getaddrinfo dlopen; do grep -q " T __wrap_$name\$" "$BATS_TEST_TMPDIR/symbols"; done
  # The remaining nss_* functions belong to fork, which notifies the name service. The remaining dlopen belongs to iconv.
  # A remaining setlocale (glibc 2.41) lies in one object with a lock that newlocale takes. Nothing calls them.
  run -1 grep -E ' [TtWi] _*(getaddrinfo|getnameinfo|gethostby(name|addr)(2?_r)?|getservby(name|port)(_r)?|getprotoby.*|get(pw|gr)(nam|uid|gid|ent)(_r)?|getgrouplist|initgroups|nss_lookup_function|iconv_open)$' \
    "$BATS_TEST_TMPDIR/symbols"
}

# make_root HOSTS-LINE...: makes a root folder with only the program, etc/hosts and etc/resolv.conf. It is in $alone.
make_root() {
  export alone=$BATS_TEST_TMPDIR/alone
  mkdir -p "$alone/etc"
  cp "$ELECTCTL" "$alone/electctl"
  printf '%s\n' "$@" >"$alone/etc/hosts"
  printf 'nameserver 127.0.0.1\nsearch example.test\n' >"$alone/etc/resolv.conf"
}

# Runs the program in that root, and records which files it opens.
export trace_alone='
  alone() { strace -f -qq -e trace=%file -o "$(mktemp "$BATS_TEST_TMPDIR/trace.XXXXXX")" chroot "$alone" /electctl "$@"; }
'
# What a C library loads at run time: its own parts, character sets, locales. chroot's own loads come before the execve.
opened_nothing_of_libc() {
  local trace opened=$BATS_TEST_TMPDIR/opened
  for trace in "$BATS_TEST_TMPDIR"/trace.*; do sed '1,/execve("\/electctl"/d' "$trace"; done >"$opened"
  grep -q resolv.conf "$opened"
  run -1 grep -E '\.so[."]|gconv|locale|nscd|libnss' "$opened"
}

@test "static: alone in an empty root it finds etcd by hosts, DNS, a search domain, IPv6 and SRV records" {
  needs_own_network
  type -P strace >/dev/null || skip "there is no strace: see scripts/setup"
  make_root '127.0.0.1 in-hosts' '::1 six-in-hosts'
  # shellcheck disable=SC2016
  run in_network '' --srv-host=_etcd-client._tcp.example.test,one.example.test,PORT --address=/six.example.test/::1 -- '
    eval "$trace_alone"
    "$ELECTCTL" --endpoints "127.0.0.1:$port" campaign job me --session "$BATS_TEST_TMPDIR/session" --try --ttl 60s -- true
    socat "TCP6-LISTEN:$port,bind=[::1],fork,reuseaddr" "TCP4:127.0.0.1:$port" 2>/dev/null &
    trap "kill $server $!" EXIT
    for host in 127.0.0.1 "[::1]" in-hosts six-in-hosts one.example.test one six.example.test localhost; do
      echo "$host $(alone --endpoints "$host:$port" leader job --print-value-only)"
    done
    rm "$alone/etc/hosts"
    echo "no-hosts $(alone --endpoints "localhost:$port" leader job --print-value-only)"
    echo "srv $(alone --discovery-srv example.test leader job --print-value-only)"
    GRPC_DNS_RESOLVER=native alone --endpoints "one:$port" leader job --print-value-only
    alone --endpoints "nowhere.example.test:$port" --dial-timeout 1s leader job || echo "exit $?"'
  echo "$output"
  ((status == 0))
  for name in 127.0.0.1 '[::1]' in-hosts six-in-hosts one.example.test one six.example.test localhost no-hosts srv; do
    [[ $output == *"$name me"* ]]
  done
  [[ ${lines[*]:10:1} == me && ${lines[*]:11} == "Error: "*"nowhere.example.test"*"exit 2" ]]
  opened_nothing_of_libc
}

@test "static: alone in an empty root it finds the CAs where Debian, RHEL, SUSE and Alpine keep them, and by SSL_CERT_FILE and SSL_CERT_DIR" {
  needs_own_network
  type -P strace >/dev/null || skip "there is no strace: see scripts/setup"
  make_root '127.0.0.1 localhost'
  # shellcheck disable=SC2016
  run in_network --tls -- '
    eval "$trace_alone"
    "$ELECTCTL" --endpoints "https://localhost:$port" campaign job me --session "$BATS_TEST_TMPDIR/session" --try --ttl 60s -- true
    ca=$ETCDCTL_CACERT
    unset ETCDCTL_CACERT SSL_CERT_FILE SSL_CERT_DIR
    ask() { echo "$1: $(alone --endpoints "https://localhost:$port" leader job --print-value-only 2>&1)"; }
    ask none
    for file in etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt etc/ssl/ca-bundle.pem \
      etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem etc/ssl/cert.pem etc/ssl/certs/alone.pem; do
      install -D -m 644 "$ca" "$alone/$file"
      ask "$file"
      rm "$alone/$file"
    done
    install -D -m 644 "$ca" "$alone/own/folder/ca.pem"
    echo "not a certificate" >"$alone/own/folder/README"
    SSL_CERT_FILE=/own/folder/ca.pem ask file
    SSL_CERT_DIR=/nowhere:/own/folder ask folder
    SSL_CERT_FILE=/own/nothing ask wrong
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=another" -keyout /dev/null -out "$alone/own/other.pem" 2>/dev/null
    SSL_CERT_FILE=/own/other.pem ask other'
  echo "$output"
  ((status == 0))
  [[ ${lines[0]} == "none: Error: "*"CA certificates"*"--cacert"* ]]
  for ((i = 1; i <= 8; i++)); do [[ ${lines[i]} == *": me" ]]; done
  [[ ${lines[9]} == "wrong: Error: cannot read the CA file '/own/nothing'"* ]]
  [[ ${lines[10]} == "other: Error: "*"unknown CA"*"--cacert"* ]]
  opened_nothing_of_libc
}

@test "static: an OpenSSL configuration of the machine's loads nothing into it" {
  needs_own_network
  type -P strace >/dev/null || skip "there is no strace: see scripts/setup"
  make_root '127.0.0.1 localhost'
  printf '%s\n' 'openssl_conf = init' '[init]' 'providers = some' 'engines = more' '[some]' 'legacy = on' 'default = on' '[on]' \
    'activate = 1' '[more]' 'pkcs11 = pkcs11' '[pkcs11]' 'dynamic_path = /engine.so' 'init = 1' >"$alone/openssl.cnf"
  # shellcheck disable=SC2016
  run in_network --tls -- '
    eval "$trace_alone"
    cp "$ETCDCTL_CACERT" "$alone/ca.pem"
    unset ETCDCTL_CACERT
    "$ELECTCTL" --endpoints "https://localhost:$port" --cacert "$alone/ca.pem" campaign job me --session "$BATS_TEST_TMPDIR/session" --try --ttl 60s -- true
    OPENSSL_CONF=/openssl.cnf alone --endpoints "https://localhost:$port" --cacert /ca.pem leader job --print-value-only'
  echo "$output"
  [[ $status == 0 && $output == me ]]
  opened_nothing_of_libc
}

# Kernels and sandboxes that lack the newer system calls answer ENOSYS.
@test "static: on an old kernel, without close_range, memfd_create, pidfds and the like, CMD runs under leadership" {
  type -P strace >/dev/null || skip "there is no strace: see scripts/setup"
  local trace=$BATS_TEST_TMPDIR/trace missing=close_range,memfd_create,pidfd_open,pidfd_send_signal,pidfd_getfd
  missing+=,clone3,statx,faccessat2,openat2,rseq,getrandom,epoll_pwait2,membarrier
  start_cluster
  exec 77</dev/null  # The guard has to close it.
  run -3 strace --quiet=all -f -o "$trace" -e "trace=$missing,close" -e "inject=$missing:error=ENOSYS" \
    "$ELECTCTL" campaign job me -- sh -c 'echo "ran $ELECTCTL_VALUE"; exit 3' 3>&-
  exec 77<&-
  [[ $output == "ran me" ]]
  grep -q 'close_range.*INJECTED' "$trace"
  grep -q 'memfd_create.*INJECTED' "$trace"
  grep -q 'close(77)  *= 0' "$trace"
  run -12 strace --quiet=all -f -o "$trace" -e "trace=$missing" -e "inject=$missing:error=ENOSYS" \
    "$ELECTCTL" campaign job me -- sh -c '"$ELECTCTL" --endpoints "$ELECTCTL_ENDPOINTS" resign job --leader >/dev/null; sleep 60' 3>&-
  stop_cluster
}
