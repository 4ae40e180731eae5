#!/usr/bin/env bats
# Users, roles and tokens: what each user may do, and that no secret can be seen by others.
load cluster

# The users of these tests: root; alice, who may read and write below "alice/"; and reader, who may only read there.
add_accounts() {
  etcdctl user add root --new-user-password rootpw
  etcdctl user add alice --new-user-password s3cret-alice
  etcdctl user add reader --new-user-password s3cret-reader
  etcdctl role add all
  etcdctl role grant-permission all readwrite alice/ alice0
  etcdctl role add read
  etcdctl role grant-permission read read alice/ alice0
  etcdctl user grant-role root root
  etcdctl user grant-role alice all
  etcdctl user grant-role reader read
  etcdctl auth enable
}
as_root() { ETCDCTL_USER=root:rootpw etcdctl "$@"; }

setup_file() {
  start_cluster
  openssl genrsa -out "$SANDBOX_DIR/jwt.key" 2048
  openssl rsa -in "$SANDBOX_DIR/jwt.key" -pubout -out "$SANDBOX_DIR/jwt.pub"
  # Tokens that expire after two seconds. A simple token counts them from its last use.
  start_member simple http --auth-token-ttl 2 --heartbeat-interval 50 --election-timeout 500
  start_member jwt http --heartbeat-interval 50 --election-timeout 500 \
    --auth-token "jwt,pub-key=$SANDBOX_DIR/jwt.pub,priv-key=$SANDBOX_DIR/jwt.key,sign-method=RS256,ttl=2s"
  ETCDCTL_ENDPOINTS=$(url_of simple)
  add_accounts
  ETCDCTL_ENDPOINTS=$(url_of jwt) add_accounts
  plain=$(url_of 1)
  export plain
}
teardown_file() { stop_cluster; }
setup() {
  # The names of all tests are below "alice/". etcdctl runs as root, unless a test says otherwise.
  name=alice/$(name_of_test)
  alice=(--user alice:s3cret-alice)
  reader=(--user reader:s3cret-reader)
}
teardown() { end_started; }

leads_for_alice() { electctl "${alice[@]}" leader "$name" --is "$1"; }
nobody_for_alice() { ! electctl "${alice[@]}" leader "$name" >"$BATS_TEST_TMPDIR/leader"; }

watchers() { curl -sf "$ETCDCTL_ENDPOINTS/metrics" | awk '$1 == "etcd_debugging_mvcc_watcher_total" { print $2 }'; }
watched_by_more_than() { (($(watchers) > $1)); }
is_gone() { ! as_root lease list | grep -q "$1"; }

# hold VALUE: starts a candidate of alice's. Its process ID is in $holder.
hold() {
  start "$BATS_TEST_TMPDIR/$1" "$ELECTCTL" campaign "$name" "$1" "${alice[@]}"
  holder=$!
}

token_of_alice() {
  local host=${ETCDCTL_ENDPOINTS#http://} body='{"name":"alice","password":"s3cret-alice"}' answer
  exec {web}<>"/dev/tcp/${host%:*}/${host##*:}"
  printf 'POST /v3/auth/authenticate HTTP/1.0\r\nHost: x\r\nContent-Length: %s\r\n\r\n%s' "${#body}" "$body" >&"$web"
  answer=$(cat <&"$web")
  exec {web}>&-
  grep -o '"token":"[^"]*"' <<<"$answer" | cut -d '"' -f 4
}
token_is_dead() { [[ $(electctl --auth-jwt-token "$1" inspect "$name" 2>&1) == *"invalid auth token"* ]]; }

@test "an account that is no longer accepted does not end leadership: etcd renews a lease without a login" {
  as_root user add passing --new-user-password before
  as_root user grant-role passing all
  start "$BATS_TEST_TMPDIR/passing" "$ELECTCTL" campaign "$name" v --ttl 2s --user passing:before -- sh -c 'sleep 4; echo whole'
  passing=$!
  start "$BATS_TEST_TMPDIR/token" "$ELECTCTL" --endpoints "$(url_of jwt)" campaign "$name" v --ttl 2s \
    --auth-jwt-token "$(ETCDCTL_ENDPOINTS=$(url_of jwt) token_of_alice)" -- sh -c 'sleep 4; echo whole'
  token=$!
  wait_for 10 leads_for_alice v
  as_root user passwd passing --interactive=false <<<after
  wait_for 20 not_running "$passing"
  wait_for 20 not_running "$token"
  [[ $(<"$BATS_TEST_TMPDIR/passing") == whole && $(<"$BATS_TEST_TMPDIR/token") == whole ]]
  ended "$passing" 0
  ended "$token" 0
}

@test "the ways to name a user and a password" {
  echo s3cret-alice >"$BATS_TEST_TMPDIR/password"
  chmod 600 "$BATS_TEST_TMPDIR/password"
  known() {
    run -10 --separate-stderr "$@" leader "$name"
    [[ -z $stderr ]]
  }
  known electctl --user alice:s3cret-alice
  known electctl --user=alice --password=s3cret-alice
  known electctl --user alice --password-file "$BATS_TEST_TMPDIR/password"
  known electctl --user alice --password-file <(echo s3cret-alice)
  known env ETCDCTL_USER=alice:s3cret-alice "$ELECTCTL"
  known env ETCDCTL_USER=alice ETCDCTL_PASSWORD=s3cret-alice "$ELECTCTL"
  known env ETCDCTL_USER=alice ETCDCTL_PASSWORD=wrong "$ELECTCTL" --password s3cret-alice
  known env ETCDCTL_USER=nobody:x "$ELECTCTL" "${alice[@]}"
  known electctl --auth-jwt-token "$(token_of_alice)"
  known env ETCDCTL_AUTH_JWT_TOKEN="$(token_of_alice)" "$ELECTCTL"
}

@test "a password file that others can read: a warning, and on; one that is empty or not there: exit 1" {
  echo s3cret-alice >"$BATS_TEST_TMPDIR/password"
  chmod 604 "$BATS_TEST_TMPDIR/password"
  run -10 --separate-stderr electctl --user alice --password-file "$BATS_TEST_TMPDIR/password" leader "$name"
  [[ $stderr == "electctl: the password file '$BATS_TEST_TMPDIR/password' can be read by others; "* ]]
  run -1 electctl --user alice --password-file /dev/null leader "$name"
  [[ $output == "Error: cannot read the password from the file '/dev/null': it is empty" ]]
  run -1 electctl --user alice --password-file /nowhere leader "$name"
  [[ $output == "Error: cannot read the password from the file '/nowhere': No such file or directory" ]]
}

@test "a wrong password, an unknown user, no user: exit 1 and what is wrong" {
  refused() {
    run -1 --separate-stderr electctl "${@:2}" leader "$name"
    [[ -z $output && ${#stderr_lines[@]} -eq 1 && $stderr == "Error: "*"$1"* && $stderr != *wr0ng* ]]
  }
  refused "etcd does not accept user 'alice' with this password (" --user alice:wr0ng
  refused "etcd does not accept user 'nobody' with this password (" --user nobody:wr0ng
  refused "etcd demands a user name and password ("
  refused "etcd does not accept the token: it may have expired" --auth-jwt-token wr0ng
}

@test "where there are no accounts a user is no hindrance, as with etcdctl" {
  ETCDCTL_ENDPOINTS=$plain run -10 --separate-stderr electctl "${alice[@]}" leader "$name"
  [[ -z $stderr ]]
  ETCDCTL_ENDPOINTS=$plain run -0 electctl "${alice[@]}" campaign "$name" v -- true
}

# on_terminal COMMAND: runs it on a terminal. What is written to {keys} is typed. What it shows is in $screen.
on_terminal() {
  mkfifo "$BATS_TEST_TMPDIR/keys"
  screen=$BATS_TEST_TMPDIR/screen
  echo "$1" >"$BATS_TEST_TMPDIR/script"
  start "$BATS_TEST_TMPDIR/terminal" env --default-signal=INT script -qefc "bash '$BATS_TEST_TMPDIR/script'" "$screen" \
    <"$BATS_TEST_TMPDIR/keys" 3>&- &
  exec {keys}>"$BATS_TEST_TMPDIR/keys"
}
shows() { grep -sqF -- "$1" "$screen"; }

@test "a password that is not given is asked for, on the terminal and unseen, whatever standard input is" {
  on_terminal "echo value | '$ELECTCTL' --user alice campaign '$name' - -- \
    sh -c 'echo leads with \$ELECTCTL_VALUE; stty -a </dev/tty'"
  wait_for 10 shows "Password of alice: "
  echo s3cret-alice >&"$keys"
  wait_for 10 shows "leads with value"
  wait_for 10 shows " echo "
  run ! grep -q s3cret "$screen"
}

@test "Ctrl-C at the password ends electctl, and the terminal shows again what is typed" {
  on_terminal "trap : INT; '$ELECTCTL' --user alice leader '$name'; echo ended with \$?; stty -a"
  wait_for 10 shows "Password of alice: "
  printf '\003' >&"$keys"
  wait_for 10 shows "ended with 130"
  wait_for 10 shows " echo "
}

@test "a password that nobody can be asked for: exit 128, nothing read" {
  run -128 setsid "$ELECTCTL" --user alice leader "$name" <<<s3cret-alice
  [[ $output == "Error: user 'alice' needs a password, and there is no terminal to ask for it: give --password-file"* ]]
}

@test "what asks nothing of etcd asks for no password" {
  ETCDCTL_USER=alice run -0 setsid "$ELECTCTL" version
  ETCDCTL_USER=alice run -0 setsid "$ELECTCTL" completion bash
  ETCDCTL_USER=alice run -0 setsid "$ELECTCTL" campaign --help
  ETCDCTL_USER=alice run -0 setsid "$ELECTCTL" inspect "$name" --etcdctl
  ETCDCTL_USER=alice:s3cret run -0 setsid "$ELECTCTL" inspect "$name" --etcdctl
  [[ $output == *"--user='alice' "* && $output != *s3cret* ]]
  ETCDCTL_USER=alice run -128 setsid "$ELECTCTL" inspect "$name"
}

@test "--rejoin after the account is gone ends with what is wrong, and does not wait for ever" {
  as_root user add leaving --new-user-password before
  as_root user grant-role leaving all
  watches=$(watchers)
  start "$BATS_TEST_TMPDIR/leaving" "$ELECTCTL" campaign "$name" v --ttl 5 --rejoin --user leaving:before -- sleep 100
  holder=$!
  wait_for 10 leads_for_alice v
  wait_for 10 watched_by_more_than "$watches"
  key=$(electctl "${alice[@]}" leader "$name" --keys-only)
  as_root user delete leaving
  as_root del "$key"
  ended "$holder" 1
  grep -q "standing again" "$BATS_TEST_TMPDIR/leaving.err"
  grep -q "^Error: .*etcd does not accept user 'leaving' " "$BATS_TEST_TMPDIR/leaving.err"
  wait_for 10 is_gone "${key##*/}"  # Its lease expires: nobody could revoke it.
}

# denied TEXT COMMAND...: it exits with 1 and prints one line with TEXT.
denied() {
  run -1 --separate-stderr electctl "${@:2}"
  [[ -z $output ]]
  ((${#stderr_lines[@]} == 1))
  [[ $stderr == "Error: permission denied: $1"* ]]
}

@test "a role that may only read: leader, inspect and observe work" {
  hold v
  wait_for 10 leads_for_alice v
  run -0 electctl "${reader[@]}" leader "$name" --print-value-only
  [[ $output == v ]]
  run -0 electctl "${reader[@]}" inspect "$name" -w json
  [[ $(jq '.candidates[0] | .ttl > 0 and .granted_ttl == 10' <<<"$output") == true ]]
  run -0 electctl "${reader[@]}" inspect "$name" -w table
  run -0 electctl "${reader[@]}" observe "$name" --count 1
  [[ $output == *v ]]
}

@test "a role that may only read: campaign, proclaim and resign are refused, and what is missing is said" {
  hold v
  wait_for 10 leads_for_alice v
  leases=$(as_root lease list)
  grant="; grant it to one of this user's roles: etcdctl role grant-permission ROLE readwrite"
  denied "user 'reader' has no write permission on the key '$name/" "${reader[@]}" campaign "$name" w --ttl 60s
  [[ $stderr == *"$grant '$name/' '${name}0' (endpoint "* ]]
  # Its lease is gone, too.
  [[ $(as_root lease list) == "$leases" ]]
  denied "user 'reader' has no write permission on the key '$name/" "${reader[@]}" resign "$name" --leader
  denied "user 'reader' has no write permission on the key '$name/" "${reader[@]}" proclaim "$name" w \
    --key "$(electctl "${alice[@]}" leader "$name" --keys-only)"
  leads_for_alice v
}

@test "no permission on this prefix: what is missing is said" {
  for command in leader inspect observe; do
    denied "user 'alice' has no read permission on the keys from 'others/' to 'others0'; grant it to one of this user's roles: etcdctl role grant-permission ROLE read 'others/' 'others0'" \
      "${alice[@]}" "$command" others
  done
  denied "user 'alice' has no read permission on the key 'others/" "${alice[@]}" campaign others v -- true
  [[ $stderr == *"etcdctl role grant-permission ROLE readwrite 'others/' 'others0' (endpoint "* ]]
}

@test "a missing permission on a NAME of any bytes: the command that is printed grants it" {
  local where=$'-it\'s\x01'
  run -1 --separate-stderr electctl "${alice[@]}" leader -- "$where"
  [[ $stderr == "Error: "*" etcdctl role grant-permission ROLE "*" (endpoint "* && $stderr != *$'\x01'* ]]
  command=${stderr#*etcdctl role grant-permission ROLE }
  eval "as_root role grant-permission all ${command% (endpoint *}"
  run -10 electctl "${alice[@]}" leader -- "$where"
  as_root role revoke-permission all -- "$where/" "${where}0"
}

@test "a simple token that expires in the middle of a wait is renewed" {
  hold first
  wait_for 10 leads_for_alice first
  start "$BATS_TEST_TMPDIR/second" "$ELECTCTL" --debug campaign "$name" second "${alice[@]}"
  sleep 4  # Two seconds until the token expires, and time for etcd to notice. Below the test sees that it was refused.
  kill -TERM "$holder"
  wait_for 10 test -s "$BATS_TEST_TMPDIR/second"
  grep -q 'invalid auth token' "$BATS_TEST_TMPDIR/second.err"
  (($(grep -c "authentication of 'alice' at .*: ok" "$BATS_TEST_TMPDIR/second.err") >= 2))
}

@test "a token that expires in the middle of a long observe and of a hold is renewed when it is needed again" {
  ETCDCTL_ENDPOINTS=$(url_of jwt)
  hold first
  wait_for 10 leads_for_alice first
  start "$BATS_TEST_TMPDIR/events" "$ELECTCTL" --debug observe "$name" "${reader[@]}" --until second
  observer=$!
  wait_for 10 test -s "$BATS_TEST_TMPDIR/events"
  token=$(token_of_alice)
  wait_for 10 token_is_dead "$token"
  pid=$(<"$SANDBOX_DIR/member-jwt.pid")
  kill -KILL "$pid"
  wait_for 10 not_running "$pid"
  run_member jwt
  wait_for 20 leads_for_alice first
  electctl "${alice[@]}" proclaim "$name" second --key "$(electctl "${alice[@]}" leader "$name" --keys-only)"
  ended "$observer" 0
  grep -q 'invalid auth token' "$BATS_TEST_TMPDIR/events.err"
  kill -TERM "$holder"
  ended "$holder" 0
}

@test "accounts that are changed in the middle of a wait and of a hold end neither" {
  hold first
  wait_for 10 leads_for_alice first
  start "$BATS_TEST_TMPDIR/second" "$ELECTCTL" --debug campaign "$name" second "${alice[@]}" -- sleep 1000
  waiting=$!
  wait_for 10 grep -q WatchRequest "$BATS_TEST_TMPDIR/second.err" || wait_for 10 grep -q TxnRequest "$BATS_TEST_TMPDIR/second.err"
  as_root role add "role-$BATS_TEST_NUMBER"
  as_root role delete "role-$BATS_TEST_NUMBER"
  kill -TERM "$holder"
  ended "$holder" 0
  wait_for 10 leads_for_alice second
  as_root role add "role-$BATS_TEST_NUMBER"
  kill -TERM "$waiting"
  ended "$waiting" 143
  wait_for 10 nobody_for_alice
}

@test "a password that is changed in the middle of a wait: exit 1, said" {
  as_root user add "changing" --new-user-password before
  as_root user grant-role changing all
  hold first
  wait_for 10 leads_for_alice first
  start "$BATS_TEST_TMPDIR/second" "$ELECTCTL" --debug campaign "$name" second --user changing:before
  waiting=$!
  wait_for 10 grep -q TxnRequest.*ok "$BATS_TEST_TMPDIR/second.err"
  as_root user passwd changing --interactive=false <<<after
  kill -TERM "$holder"
  ended "$waiting" 1  # At once, and not only when its lease expires.
  grep -q "^Error: .*etcd does not accept user 'changing' .*invalid user ID or password" "$BATS_TEST_TMPDIR/second.err"
}

@test "a JWT of a user and password that expires in the middle of a wait is renewed" {
  ETCDCTL_ENDPOINTS=$(url_of jwt)
  hold first
  wait_for 10 leads_for_alice first
  start "$BATS_TEST_TMPDIR/second" "$ELECTCTL" --debug campaign "$name" second "${alice[@]}"
  wait_for 10 grep -q TxnRequest.*ok "$BATS_TEST_TMPDIR/second.err"
  token=$(token_of_alice)
  wait_for 10 token_is_dead "$token"
  kill -TERM "$holder"
  wait_for 10 test -s "$BATS_TEST_TMPDIR/second"
  grep -q 'invalid auth token' "$BATS_TEST_TMPDIR/second.err"
}

@test "a JWT that is given serves until it expires, and then that is said" {
  ETCDCTL_ENDPOINTS=$(url_of jwt)
  token=$(token_of_alice)
  run -0 electctl --auth-jwt-token "$token" campaign "$name" v -- true
  wait_for 10 token_is_dead "$token"
  run -1 electctl --auth-jwt-token "$token" leader "$name"
  [[ $output == "Error: etcd does not accept the token: it may have expired, or accounts were changed; get a new one (etcdserver: invalid auth token)"* ]]
  [[ $output != *"$token"* ]]
}

# secret_in FILE...: whether a file holds one of the secrets of these tests.
secret_in() { cat "$@" | tr '\0' '\n' | grep -aE "s3cret|$token"; }

@test "no secret in what electctl and its guard show of themselves, in --debug, or in CMD's environment" {
  token=$(token_of_alice)
  number=0
  shown() {
    local files=$BATS_TEST_TMPDIR/$((++number))
    start "$files" env "${variables[@]}" "$ELECTCTL" --debug "$@" campaign "$name" v -- \
      sh -c 'env; cat "/proc/$PPID/cmdline" "/proc/$PPID/environ"; echo running; exec sleep 1000'
    wait_for 10 grep -qa running "$files"
    cat "/proc/$!/cmdline" "/proc/$!/environ" >"$files.proc"
    run ! secret_in "$files" "$files.err" "$files.proc"
    grep -qa campaign "$files.proc"
    kill -TERM "$!"
    ended "$!" 143
  }
  variables=()
  shown --user alice --password s3cret-alice
  shown --password=s3cret-alice --user=alice
  shown --user alice:s3cret-alice
  shown --user=alice:s3cret-alice
  shown --auth-jwt-token "$(token_of_alice)"
  shown --auth-jwt-token="$(token_of_alice)"
  variables=(ETCDCTL_USER=alice ETCDCTL_PASSWORD=s3cret-alice)
  shown
  variables=(ETCDCTL_USER=alice:s3cret-alice)
  shown
  grep -qx ETCDCTL_USER=alice "$BATS_TEST_TMPDIR/$number"
  token=$(token_of_alice)
  variables=(ETCDCTL_AUTH_JWT_TOKEN="$token")
  shown
  # It is not used, and not passed on.
  variables=(ETCDCTL_PASSWORD=s3cret-other)
  shown --auth-jwt-token "$(token_of_alice)"
}

@test "no secret in the messages about wrong options" {
  # Like etcdctl: if a password is given elsewhere, the whole text is the name. But the user may not have meant that.
  run -1 electctl --user alice:s3cret --password s3cret leader "$name"
  [[ $output == "Error: "*"user 'alice'"* && $output != *s3cret* ]]
  for options in '--user alice:s3cret --bogus' '--user alice:s3cret --auth-jwt-token s3cret' '--password' \
    '--password=s3cret --ttl x'; do
    # shellcheck disable=SC2086
    run -128 electctl leader "$name" $options
    [[ $output == "Error: "* && $output != *s3cret* ]]
  done
  # An option may be given twice: the last one counts.
  for options in '--user alice --password s3cret --password s3cret' '--auth-jwt-token s3cret --auth-jwt-token s3cret' \
    '--user alice:s3cret --user alice:s3cret'; do
    # shellcheck disable=SC2086
    run -1 electctl leader "$name" $options
    [[ $output == "Error: "* && $output != *s3cret* ]]
  done
}

@test "--rejoin stands again without the password being asked for or shown again" {
  on_terminal "exec '$ELECTCTL' --user alice campaign '$name' v --rejoin -- sh -c 'env >$BATS_TEST_TMPDIR/env; exec sleep 1000'"
  wait_for 10 shows "Password of alice: "
  echo s3cret-alice >&"$keys"
  wait_for 10 leads_for_alice v
  key=$(electctl "${alice[@]}" leader "$name" --keys-only)
  as_root del "$key"
  wait_for 10 shows "standing again"
  wait_for 10 leads_for_alice v
  [[ $(electctl "${alice[@]}" leader "$name" --keys-only) != "$key" ]]
  pid=$(pgrep -f "campaign $name v --rejoin" -n)
  token=none
  run ! secret_in "/proc/$pid/cmdline" "/proc/$pid/environ"
  wait_for 10 grep -q ELECTCTL_KEY "$BATS_TEST_TMPDIR/env"
  run ! grep -E 's3cret|ELECTCTL_SECRETS' "$BATS_TEST_TMPDIR/env"
  (($(grep -c Password "$screen") == 1))
  printf '\003' >&"$keys"
  wait_for 10 nobody_for_alice
}

@test "--rejoin with each way to give a secret" {
  rejoins() {
    start "$BATS_TEST_TMPDIR/out" env "${variables[@]}" "$ELECTCTL" "$@" campaign "$name" v --rejoin
    local pid=$! key
    wait_for 10 leads_for_alice v
    key=$(electctl "${alice[@]}" leader "$name" --keys-only)
    as_root del "$key"
    wait_for 10 leads_for_alice v
    run ! secret_in "/proc/$pid/cmdline" "/proc/$pid/environ"
    kill -TERM "$pid"
    ended "$pid" 0
  }
  token=none variables=()
  rejoins --user alice --password s3cret-alice
  rejoins --user=alice:s3cret-alice
  rejoins --user alice --password-file <(echo s3cret-alice)
  variables=(ETCDCTL_USER=alice ETCDCTL_PASSWORD=s3cret-alice)
  rejoins
  variables=(ETCDCTL_USER=alice:s3cret-alice)
  rejoins
}

@test "--rejoin with a token" {
  token=$(token_of_alice)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --auth-jwt-token "$token" campaign "$name" v --rejoin
  pid=$!
  wait_for 10 leads_for_alice v
  key=$(electctl "${alice[@]}" leader "$name" --keys-only)
  as_root del "$key"
  wait_for 10 leads_for_alice v
  run ! secret_in "/proc/$pid/cmdline" "/proc/$pid/environ"
  kill -TERM "$pid"
  ended "$pid" 0
}

@test "Ctrl-C ends electctl while authentication is not answered" {
  pid=$(<"$SANDBOX_DIR/member-simple.pid")
  kill -STOP "$pid"
  for command in campaign observe; do
    start "$BATS_TEST_TMPDIR/$command" env --default-signal=INT "$ELECTCTL" "${alice[@]}" --dial-timeout 60s \
      --command-timeout 60s "$command" "$name"
    wait_for 10 eval '(($(ls "/proc/$!/task" | wc -l) > 2))'
    kill -INT "$!"
    ended "$!" "$([[ $command == campaign ]] && echo 130 || echo 0)"
  done
  kill -CONT "$pid"
}
