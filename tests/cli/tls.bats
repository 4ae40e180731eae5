#!/usr/bin/env bats
# TLS: which servers electctl accepts, which it refuses, and that it says why.
load cluster

# certificate NAME CA DAYS ALTERNATIVE-NAME: makes $certificates/NAME.{crt,key}, issued by CA.{crt,key} there.
certificate() {
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$certificates/$1.key" -out "$certificates/$1.csr"
  openssl x509 -req -days "$3" -in "$certificates/$1.csr" -CA "$certificates/$2.crt" -CAkey "$certificates/$2.key" \
    -CAcreateserial -extfile <(echo "subjectAltName=$4") -out "$certificates/$1.crt"
}

# dated_certificate NAME BEGIN END: makes a certificate of the sandbox's CA for this time. (openssl x509 takes no dates.)
dated_certificate() {
  local authority=$BATS_FILE_TMPDIR/authority-$1
  mkdir "$authority"
  : >"$authority/index"
  printf '%s\n' '[ca]' 'default_ca = this' '[this]' "database = $authority/index" "new_certs_dir = $authority" \
    "serial = $authority/serial" 'default_md = sha256' 'policy = any' 'x509_extensions = names' '[any]' 'commonName = supplied' \
    '[names]' 'subjectAltName = IP:127.0.0.1' >"$authority/config"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$certificates/$1.key" -out "$certificates/$1.csr"
  openssl ca -config "$authority/config" -batch -notext -create_serial -startdate "$2" -enddate "$3" \
    -cert "$certificates/ca.crt" -keyfile "$certificates/ca.key" -in "$certificates/$1.csr" -out "$certificates/$1.crt"
}

setup_file() {
  start_cluster --tls
  export certificates=$SANDBOX_DIR/tls
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=foreign CA" -keyout "$certificates/other.key" \
      -out "$certificates/other.crt"
    dated_certificate expired 20200101000000Z 20200201000000Z
    certificate misnamed ca 2 DNS:other.example
    certificate foreign other 2 IP:127.0.0.1
    dated_certificate early 20990101000000Z 21000101000000Z
  } 2>"$BATS_FILE_TMPDIR/openssl.log" || { cat "$BATS_FILE_TMPDIR/openssl.log" >&2; return 1; }
  for name in expired misnamed foreign; do
    start_member "$name" https --cert-file "$certificates/$name.crt" --key-file "$certificates/$name.key"
  done
  start_member demanding https --cert-file "$certificates/server.crt" --key-file "$certificates/server.key" \
    --client-cert-auth --trusted-ca-file "$certificates/ca.crt"
  start_member plain http
}
teardown_file() { stop_cluster; }
teardown() { end_started; }

# refused ENDPOINT TEXT OPTION...: whether it exits with 2 and prints one line with TEXT. Dials for $dial_timeout, or 300ms.
refused() {
  run -2 --separate-stderr electctl --endpoints "$1" --dial-timeout "${dial_timeout-300ms}" "${@:3}" leader nobody
  [[ -z $output ]]
  ((${#stderr_lines[@]} == 1))
  [[ $stderr == "Error: no endpoint could be reached: $2"*"(endpoint $1)" ]]
}

# accepted ENDPOINT OPTION...: whether it connects: it answers that nobody leads.
accepted() {
  run -10 --separate-stderr electctl --endpoints "$1" "${@:2}" leader nobody
  [[ -z $output && -z $stderr ]]
}

# start_tls_server CERTIFICATE OPTION...: starts a TLS server that is not an etcd. Its address is in $url.
start_tls_server() {
  local port certificate=$certificates/$1
  shift
  for port in {14200..14300}; do
    start "$BATS_TEST_TMPDIR/server" stdbuf -oL openssl s_server -accept "127.0.0.1:$port" -cert "$certificate.crt" \
      -key "$certificate.key" "$@"
    wait_for 10 eval 'grep -q ACCEPT "$BATS_TEST_TMPDIR/server" || not_running $!'
    if ! not_running "$!"; then break; fi
  done
  url=https://127.0.0.1:$port
}

@test "a server whose certificate is from the CA that is given" {
  accepted "$ETCDCTL_ENDPOINTS"
  accepted "${ETCDCTL_ENDPOINTS/127.0.0.1/localhost}"
  ETCDCTL_CACERT='' accepted "$ETCDCTL_ENDPOINTS" --cacert "$certificates/ca.crt"
}

@test "a certificate that has expired is refused, and that is said" {
  refused "$(url_of expired)" "the server's certificate expired on "
}

@test "a certificate for another name is refused, and the names in it are said" {
  refused "$(url_of misnamed)" "the server's certificate is for other.example, not for 127.0.0.1"
  refused "$(url_of misnamed | sed s/127.0.0.1/localhost/)" \
    "the server's certificate is for other.example, not for localhost"
}

@test "a certificate from a foreign CA is refused, and the CA is said" {
  refused "$(url_of foreign)" "the server's certificate was issued by an unknown CA (CN = foreign CA); give the CA's"
  accepted "$(url_of foreign)" --cacert "$certificates/other.crt"
}

@test "without a CA the system's counts, which is not the sandbox's" {
  # The system's CAs are many: a busy machine takes its time to read them.
  ETCDCTL_CACERT='' dial_timeout=3s refused "$ETCDCTL_ENDPOINTS" "the server's certificate was issued by an unknown CA (CN = sandbox CA)"
}

@test "a certificate that is not yet valid is refused, and the clock is suspected" {
  start_tls_server early -www
  refused "$url" "the server's certificate is not valid before Jan  1 00:00:00 2099 GMT"
}

@test "--insecure-skip-tls-verify accepts all of them" {
  for name in expired misnamed foreign; do accepted "$(url_of "$name")" --insecure-skip-tls-verify; done
  ETCDCTL_INSECURE_SKIP_TLS_VERIFY=true accepted "$(url_of expired)"
  ETCDCTL_CACERT='' accepted "$(url_of foreign)" --insecure-skip-tls-verify
}

@test "an endpoint that is refused is no hindrance where another one serves" {
  for _ in {1..8}; do
    accepted "$(url_of expired),$ETCDCTL_ENDPOINTS,$(url_of foreign)" --cacert "$certificates/ca.crt"
  done
}

@test "among several that fail the one that is refused is told of" {
  run -2 --separate-stderr electctl --endpoints "https://127.0.0.1:1,$(url_of expired)" --dial-timeout 300ms leader nobody
  [[ $stderr == "Error: no endpoint could be reached: the server's certificate expired on "*"(endpoint $(url_of expired))" ]]
}

@test "a client certificate: where one is demanded, none, a foreign one and the right one" {
  url=$(url_of demanding)
  refused "$url" "the server demands a client certificate; give a certificate that it accepts with --cert"
  refused "$url" "the server demands a client certificate; give a certificate that it accepts with --cert" --insecure-skip-tls-verify
  chmod 600 "$certificates"/*.key
  refused "$url" "the server does not accept the client certificate" --cert "$certificates/foreign.crt" \
    --key "$certificates/foreign.key"
  accepted "$url" --cert "$certificates/client.crt" --key "$certificates/client.key"
  accepted "$url" --cert "$certificates/client.crt" --key "$certificates/client.key" --insecure-skip-tls-verify
  ETCDCTL_CERT=$certificates/client.crt ETCDCTL_KEY=$certificates/client.key accepted "$url"
}

@test "certificates and keys that cannot be used: exit 1 at once, the file and its fault said" {
  echo nonsense >"$BATS_TEST_TMPDIR/nonsense"
  openssl rsa -aes128 -passout pass:x -in "$certificates/client.key" -out "$BATS_TEST_TMPDIR/locked" 2>/dev/null
  chmod 600 "$certificates"/*.key "$BATS_TEST_TMPDIR"/*
  cert=$certificates/client.crt
  unusable() {
    run -1 --separate-stderr electctl leader nobody "${@:2}"
    [[ $stderr == "Error: the $1" ]]
  }
  unusable "CA file '$BATS_TEST_TMPDIR/nonsense' contains no certificate in PEM" --cacert "$BATS_TEST_TMPDIR/nonsense"
  unusable "certificate file '$BATS_TEST_TMPDIR/nonsense' contains no certificate in PEM" \
    --cert "$BATS_TEST_TMPDIR/nonsense" --key "$certificates/client.key"
  unusable "key file '$BATS_TEST_TMPDIR/nonsense' contains no private key in PEM" --cert "$cert" \
    --key "$BATS_TEST_TMPDIR/nonsense"
  unusable "key file '$certificates/foreign.key' is not the key of the certificate '$cert'" --cert "$cert" \
    --key "$certificates/foreign.key"
  # The passphrase is not asked for.
  unusable "key file '$BATS_TEST_TMPDIR/locked' has a passphrase: remove it with openssl pkey" --cert "$cert" \
    --key "$BATS_TEST_TMPDIR/locked"
  run -1 electctl leader nobody --cacert /nowhere
  [[ $output == "Error: cannot read the CA file '/nowhere': No such file or directory" ]]
  run -128 electctl leader nobody --cert "$cert"
  run -128 electctl leader nobody --key "$certificates/client.key"
}

@test "a key that others can read: one warning, and on" {
  cp "$certificates/client.key" "$BATS_TEST_TMPDIR/key"
  with_mode() {
    chmod "$1" "$BATS_TEST_TMPDIR/key"
    run -10 --separate-stderr electctl --cert "$certificates/client.crt" --key "$BATS_TEST_TMPDIR/key" leader nobody
  }
  with_mode 604
  [[ $stderr == "electctl: the key file '$BATS_TEST_TMPDIR/key' can be read by others; to stop that: chmod go= '$BATS_TEST_TMPDIR/key'" ]]
  with_mode 600
  [[ -z $stderr ]]
}

@test "a server with nothing newer than TLS 1.1 is refused, verified or not" {
  start_tls_server server -tls1_1 -cipher ALL:@SECLEVEL=0 -www
  # The server does work with clients that accept TLS 1.1.
  openssl s_client -connect "${url#https://}" -tls1_1 -cipher ALL:@SECLEVEL=0 </dev/null | grep -q 'Protocol  : TLSv1.1'
  refused "$url" "the server does not support TLS 1.2 or newer"
  refused "$url" "the server does not support TLS 1.2 or newer" --insecure-skip-tls-verify
}

@test "a server with TLS 1.2 alone is taken" {
  start_tls_server server -tls1_2 -alpn h2 -msg -www
  # It is not an etcd. After the handshake it does not answer, and the message does not blame TLS.
  run -2 electctl --endpoints "$url" --dial-timeout 300ms leader nobody
  [[ $output == "Error: no endpoint could be reached within "* ]]
  wait_for 10 grep -q '<<< TLS 1.2, Handshake .*Finished' "$BATS_TEST_TMPDIR/server"
}

@test "a TLS server that is no etcd" {
  start_tls_server server -www
  refused "$url" "the server is not an etcd: it uses TLS without HTTP/2"
}

@test "TLS asked of a server without, and none of a server with" {
  url=$(url_of plain)
  refused "${url/http/https}" "the server closed the connection when TLS began: if it does not use TLS, write http://"
  ETCDCTL_CACERT='' refused "${ETCDCTL_ENDPOINTS/https/http}" "the server uses TLS: write https://"
  ETCDCTL_CACERT='' refused "${ETCDCTL_ENDPOINTS/https:\/\//}" "the server uses TLS: write https://"
  ETCDCTL_CACERT='' refused "$(url_of demanding | sed s/https/http/)" "the server uses TLS: write https://"
}

@test "which endpoints are spoken TLS with, as by etcdctl" {
  secure=${ETCDCTL_ENDPOINTS#https://} plain=$(url_of plain)
  plain=${plain#http://}
  # Without a scheme: TLS if a CA or --insecure-transport=false is given.
  accepted "$secure"
  ETCDCTL_CACERT='' accepted "$plain"
  ETCDCTL_CACERT='' accepted "$secure" --insecure-transport=false --insecure-skip-tls-verify
  ETCDCTL_CACERT='' ETCDCTL_INSECURE_TRANSPORT=false accepted "$secure" --insecure-skip-tls-verify
  ETCDCTL_CACERT='' accepted "$plain" --insecure-transport
  # http:// never uses TLS, https:// always does.
  run -10 --separate-stderr electctl --endpoints "http://$plain" leader nobody
  [[ -z $output && $stderr == "electctl: ETCDCTL_CACERT is of no use: no endpoint uses TLS; "* ]]
  ETCDCTL_CACERT='' accepted "http://$plain" --insecure-transport=false
  ETCDCTL_CACERT='' accepted "https://$secure" --insecure-transport --insecure-skip-tls-verify
  # --insecure-skip-tls-verify alone does not turn TLS on.
  ETCDCTL_CACERT='' accepted "$plain" --insecure-skip-tls-verify
}

@test "campaign, observe and inspect over TLS, in one queue with etcdctl" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign "$name" a
  holder=$!
  wait_for 10 leads "$name" a
  start "$BATS_TEST_TMPDIR/second" "$ETCDCTL" elect "$name" b
  wait_for 10 stands "$name" 2
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" observe "$name" --until b
  observer=$!
  wait_for 10 grep -q a "$BATS_TEST_TMPDIR/events"
  kill -TERM "$holder"
  ended "$holder" 0
  ended "$observer" 0
}

# free_port: puts a port into $port on which nobody listens now.
free_port() {
  while :; do
    port=$((15000 + RANDOM % 17000))
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
  done
}

@test "inspect --verify: a member of a TLS cluster that advertises http:// is named, and not asked" {
  start_member half https --cert-file "$certificates/server.crt" --key-file "$certificates/server.key"
  secure=(--endpoints "$(url_of half)" --cacert "$certificates/ca.crt")
  free_port
  first_peer=$(sed -n 's/.*--initial-advertise-peer-urls \([^ ]*\).*/\1/p' "$SANDBOX_DIR/member-half.run")
  run -0 env -u ETCDCTL_ENDPOINTS -u ETCDCTL_CACERT "$ETCDCTL" "${secure[@]}" member add other --peer-urls "http://127.0.0.1:$port"
  plain=http://127.0.0.1:$((port + 1))
  start "$BATS_TEST_TMPDIR/other" "${ETCD:-etcd}" --name other --data-dir "$BATS_TEST_TMPDIR/other.data" \
    --listen-client-urls "$plain" --advertise-client-urls "$plain" --listen-peer-urls "http://127.0.0.1:$port" \
    --initial-advertise-peer-urls "http://127.0.0.1:$port" --initial-cluster-state existing \
    --initial-cluster "half=$first_peer,other=http://127.0.0.1:$port"
  wait_for 20 grep -q "ready to serve client requests" "$BATS_TEST_TMPDIR/other.err"
  run -0 electctl --endpoints "$plain" campaign nobody v -- true
  run -10 electctl "${secure[@]}" inspect nobody --verify
  [[ $output == *"ok     endpoints"*"the same listing from 1 of 1 endpoint at"*"; not asked, since only your endpoints have TLS: $plain"* ]]
  # If the given endpoints use no TLS either, all are asked.
  run -10 electctl --endpoints "$plain" inspect nobody --verify
  [[ $output == *"the same listing from 2 of 2 endpoints"* ]]
}

@test "certificates and CA replaced on disk are taken up at the next connection" {
  mkdir "$BATS_TEST_TMPDIR/files"
  cd "$BATS_TEST_TMPDIR/files"
  use() { cp "$certificates/$1.crt" ca.crt && cp "$certificates/$2.crt" me.crt && cp "$certificates/$2.key" me.key &&
    cp "$certificates/$3.crt" server.crt && cp "$certificates/$3.key" server.key; }
  certificate alice ca 2 DNS:alice 2>/dev/null
  certificate bob other 2 DNS:bob 2>/dev/null
  use ca alice server
  start_member replaced https --cert-file "$PWD/server.crt" --key-file "$PWD/server.key" --client-cert-auth \
    --trusted-ca-file "$PWD/ca.crt"
  client=(--endpoints "$(url_of replaced)" --cacert ca.crt --cert me.crt --key me.key)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" "${client[@]}" campaign job v --ttl 30s
  holder=$!
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" "${client[@]}" observe job -w json --until w
  observer=$!
  wait_for 10 grep -q '"elected"' "$BATS_TEST_TMPDIR/events"
  use other bob foreign
  pid=$(<"$SANDBOX_DIR/member-replaced.pid")
  kill -KILL "$pid"
  wait_for 10 not_running "$pid"
  run_member replaced
  answers() { electctl "${client[@]}" leader job; }
  wait_for 20 answers
  electctl "${client[@]}" proclaim job w --key "$(electctl "${client[@]}" leader job --keys-only | head -n 1)"
  ended "$observer" 0
  kill -TERM "$holder"
  ended "$holder" 0
  # Its lease was revoked. That also went over such a connection.
  run -10 electctl "${client[@]}" leader job
}
