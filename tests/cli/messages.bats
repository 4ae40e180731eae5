#!/usr/bin/env bats
# Keeps every message that can be provoked quickly in one file, tests/cli/messages.txt, so that they can be read together.
# After a change: KEEP=1 bats tests/cli/messages.bats writes the file again. Then read what is new in it.
load cluster

setup_file() {
  start_cluster --members 3
  ETCDCTL_ENDPOINTS=$(url_of 1)
  export ETCDCTL_ENDPOINTS
  start_member accounts http --bcrypt-cost 4
  # etcdctl refuses endpoints that are given twice.
  (
    ETCDCTL_ENDPOINTS=$(url_of accounts)
    etcdctl user add root --new-user-password rootpw
    etcdctl user grant-role root root
    etcdctl user add alice --new-user-password pw
    etcdctl auth enable
  )
}
teardown_file() { stop_cluster; }
setup() {
  cd "$BATS_TEST_TMPDIR" || return
  got=$BATS_TEST_TMPDIR/messages
  kept=$root/tests/cli/messages.txt
}
teardown() {
  end_started
  kill -CONT "$(<"$SANDBOX_DIR/member-2.pid")" "$(<"$SANDBOX_DIR/member-3.pid")"
}

# Replaces the addresses, IDs, times and names of this run with words.
normal() {
  sed -E "s|$(url_of accounts)|ACCOUNTS|g; s|$ETCDCTL_ENDPOINTS|ENDPOINT|g; s|${ETCDCTL_ENDPOINTS#http://}|HOST:PORT|g
    s|${silent:-no such text}|SILENT|g; s|$BATS_TEST_TMPDIR|DIR|g; s|$(uname -n)|HOST|g
    s/\b[0-9a-f]{11,16}\b/LEASE/g; s/process [0-9]+/process PID/; s/(store is at|left is|revision) [0-9]+/\1 N/g
    # Name servers differ from machine to machine.
    /no-such-host/s/: (the host name in '[^']*' cannot be looked up|no answer);/: REASON;/
    s/(_etcd-client[a-z._-]*: )(no such record|no name server answers|no answer in time|the name server failed)/\1REASON/g"
}

# title WORDS...: writes a heading.
title() { printf '\n## %s\n' "$*" >>"$got"; }
# tell WORDS...: runs electctl with these arguments. Writes what it prints on standard error, and its exit code.
tell() {
  local code=0
  printf '\n$ electctl%s\n' "$(printf ' %s' "${@@Q}" | sed -E "s/'([A-Za-z0-9_.:,/=-]+)'/\1/g")" >line
  timeout 20 "$ELECTCTL" "$@" </dev/null >/dev/null 2>said 3>&- || code=$?
  { cat line said; echo "[exit $code]"; } | normal >>"$got"
}

usage_errors() {
  title usage
  local dead=(--endpoints 127.0.0.1:1)
  tell
  tell bogus
  tell campain job
  tell leader
  tell leader a b
  tell leader a --bogus
  tell leader a --print-value
  tell leader ''
  tell leader a --rev
  tell leader a --rev x
  tell leader a --wait bogus
  tell leader a --wait -1s
  tell leader a --consistency x
  tell leader a --print-value-only --keys-only
  tell leader a --print-value-only -w json
  tell leader a --wait --rev 1
  tell leader a --hex=maybe
  tell -v
  tell campaign a --no-wait
  tell campaign a --timeout 1s -- true
  tell leader a -w bogus
  tell leader a -w table
  tell campaign a --try --wait 1s
  tell campaign a --ttl
  tell campaign a --ttl 0
  tell campaign a --ttl 1500ms
  tell campaign a --ttl 9000000001
  tell campaign a --ttl 10y
  tell campaign a --lease xyz
  tell campaign a --lease a --ttl 3s
  tell campaign a --lease a --session file
  tell campaign a --session ''
  tell campaign a -E 256
  tell campaign a --linger 3s
  tell campaign a --once id
  tell campaign a --once-keep 1h -- true
  tell campaign a --
  tell campaign -- true
  tell campaign a v w
  tell campaign a - --rejoin
  tell campaign a -- ''
  tell observe a --count 0
  tell observe a --kill-after 1s
  tell observe a -w json -- true
  tell resign a
  tell resign a --leader --value v
  tell proclaim a v
  tell inspect
  tell inspect a --all b
  tell inspect a --from 3
  tell inspect a --history --watch
  tell inspect a --verify --rev 3
  tell elect a
  tell elect a b -l
  tell completion tcsh
  tell completion
  tell leader a --password-file /nowhere
  tell leader a --user u --auth-jwt-token t "${dead[@]}"
  tell leader a --dial-timeout x
  tell leader a --command-timeout 0
  tell leader a --debug=bogus
  tell leader a --rev 9223372036854775808
  tell campaign a --lease 0x12
  for endpoint in '' ',' host :1 host:x ftp://h:1 ::1:1 unix: 'h:1;h:2' http://u:secret@h:1 "unix:///$(printf '%0107d' 0)"; do tell --endpoints "$endpoint" leader a; done
}

files() {
  title files
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt 2>openssl.log
  cp key readable && chmod 644 readable
  echo text >text
  local tls=(--endpoints https://127.0.0.1:1 --dial-timeout 100ms leader a)
  tell "${tls[@]}" --cacert /nowhere
  tell "${tls[@]}" --cacert text
  tell "${tls[@]}" --cert crt
  tell "${tls[@]}" --key key
  tell "${tls[@]}" --cert text --key key
  tell "${tls[@]}" --cert crt --key text
  tell "${tls[@]}" --cert crt --key readable
  tell --endpoints http://127.0.0.1:1 --dial-timeout 100ms leader a --cacert crt
  tell leader a --user u --password-file /nowhere
  tell leader a --user u --password-file /dev/null
  echo secret >password && chmod 644 password
  tell leader a --user u --password-file password
  tell leader a --user u
}

reaching() {
  title reaching etcd
  tell leader a --endpoints 127.0.0.1:1 --dial-timeout 200ms
  tell leader a --endpoints 127.0.0.1:1,127.0.0.1:2 --dial-timeout 200ms
  tell leader a --endpoints unix:///nowhere --dial-timeout 200ms
  tell leader a --endpoints no-such-host.invalid:2379 --dial-timeout 500ms
  tell leader a -d no-such-domain.invalid --dial-timeout 500ms
  tell leader a --endpoints "https://${ETCDCTL_ENDPOINTS#http://}" --dial-timeout 3s
  start_silent
  tell leader a --endpoints "$silent" --dial-timeout 300ms
}

accounts() {
  title accounts
  local accounts
  accounts=$(url_of accounts)
  tell --endpoints "$accounts" leader job
  tell --endpoints "$accounts" leader job --user alice:wrong
  tell --endpoints "$accounts" leader job --user nobody:pw
  tell --endpoints "$accounts" leader job --auth-jwt-token bogus
  tell --endpoints "$accounts" leader job --user alice:pw
  tell --endpoints "$accounts" inspect --all '' --user alice:pw
  tell --endpoints "$accounts" campaign job v --user alice:pw -- true
}

store() {
  title candidates and the store
  etcdctl put one/1 a
  etcdctl put one/2 a
  tell leader none
  tell leader one --rev 99999
  tell inspect one --history --from 99999
  tell observe one --rev 99999
  local compacted
  compacted=$(etcdctl put one/1 b -w json | jq .header.revision)
  etcdctl put one/1 a
  etcdctl compact $((compacted + 1))
  tell leader one --rev 1
  tell inspect one --history --from 1
  tell observe one --rev 1
  tell inspect one --history -w simple
  tell resign one --value a
  tell resign one --value none
  tell resign one --key a
  tell resign one --key one/1 --rev 999999
  tell proclaim one v --lease 123abc
  tell campaign one v --lease 123abc -- true
  head -c 2000000 /dev/zero | tr '\0' x >big
  printf '\n$ electctl campaign job - <big\n' >>"$got"
  "$ELECTCTL" campaign job - <big 2>&1 >/dev/null | normal >>"$got" || true
  printf '\n$ electctl campaign job - -- true <big\n' >>"$got"
  "$ELECTCTL" campaign job - -- true <big 2>&1 >/dev/null | normal >>"$got" || true
}

cmd() {
  title CMD
  tell campaign job v -- /no/such
  tell campaign job v -- "$BATS_TEST_TMPDIR"
  tell campaign job v --max-runtime 100ms -- sleep 10
  tell campaign job v --ttl 1s -- true
  tell observe one --count 1 -- /no/such
  printf '#!/bin/sh\n' >program
  chmod +x program
  etcdctl put job/1 first
  tell campaign job "$PWD/program" --try
  etcdctl del job/1
  title leadership lost
  lost 'electctl resign job --leader'
  # shellcheck disable=SC2016
  lost 'etcdctl lease revoke "$lease"'
  lost 'electctl resign job --leader' -- sleep 100
  # shellcheck disable=SC2016
  lost 'etcdctl lease revoke "$lease"' -- sleep 100
}
# lost COMMAND ARGUMENT...: writes what a holder prints when COMMAND takes leadership from it.
lost() {
  local lease  # For COMMAND.
  printf '\n$ electctl campaign job v --ttl 3s %s # then: %s\n' "${*:2}" "$1" >>"$got"
  start holder "$ELECTCTL" campaign job v --ttl 3s "${@:2}"
  wait_for 10 leads job v
  # shellcheck disable=SC2034
  lease=$(electctl leader job -w json | jq -r .lease)
  eval "$1" >/dev/null
  ended "$!" 12
  { cat holder.err; echo "[exit 12]"; } | normal >>"$got"
}

sessions() {
  title session files
  tell campaign job v --session file --try
  tell campaign job v --session file --try --ttl 60s
  tell campaign other v --session file --try
  cp file copy
  tell campaign other v --session copy --try
  tell resign job --session file
  tell resign other --session text
  cp file copy
  tell resign other --session copy
  : >empty
  tell campaign other v --session empty --try
  echo text >text
  tell campaign other v --session text --try
  tell campaign other v --session /nowhere/file --try
  tell campaign other v --session "$BATS_TEST_TMPDIR" --try
  ln file linked
  tell campaign other v --session linked --try
  rm linked
  flock file "$ELECTCTL" campaign other v --session file 2>said || true
  { printf '\n$ flock file electctl campaign other v --session file\n'; cat said; } | normal >>"$got"
  etcdctl lease revoke "$(jq -r .lease file)"
  tell campaign other v --session file --try
}

majority() {
  title a cluster without a majority
  start holder "$ELECTCTL" campaign held v --ttl 3s
  local free=$!
  wait_for 10 leads held v
  start gated "$ELECTCTL" campaign job v --ttl 3s -- sleep 100
  local gated=$!
  wait_for 10 leads job v
  kill -STOP "$(<"$SANDBOX_DIR/member-2.pid")" "$(<"$SANDBOX_DIR/member-3.pid")"
  printf '\n$ electctl campaign held v --ttl 3s\n' >>"$got"
  ended "$free" 12
  { cat holder.err; echo "[exit 12]"; } | lasting >>"$got"
  printf '\n$ electctl campaign job v --ttl 3s -- sleep 100\n' >>"$got"
  ended "$gated" 12
  { cat gated.err; echo "[exit 12]"; } | lasting >>"$got"
  tell leader one --command-timeout 500ms
  tell inspect one --history --command-timeout 500ms
  tell campaign job v --command-timeout 500ms -- true
  tell leader one --consistency s
}
lasting() { normal | sed -E 's/for [0-9.]+s/for SECONDS/; s/(within [0-9.]+m?s|in time);/in time;/'; }

@test "every message: what is kept in messages.txt, read as a whole, is what electctl says" {
  {
    echo "# What electctl says when something is wrong, or as a warning. Made by tests/cli/messages.bats, and read as a whole."
  } >"$got"
  usage_errors
  files
  reaching
  accounts
  store
  cmd
  sessions
  majority
  if [[ ${KEEP-} ]]; then cp "$got" "$kept"; fi
  diff "$kept" "$got"
}

@test "every message: one line, without a full stop, without grpc's or c-ares' words" {
  run -1 grep -nE '^(Error|electctl): .*\.$' "$kept"
  run -1 grep -niE 'grpc|c-ares|ares_|ipv4:|status code|last error|errors resolving' "$kept"
  run -1 grep -nvE '^(Error: |electctl: |\$ |## |# |\[exit [0-9]+\]$|$)' "$kept"
}
