#!/usr/bin/env bats
# Every command that electctl prints as advice is run as printed. Those about permissions are in permissions.bats, those
# of inspect --etcdctl in inspect.bats and history.bats.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p bin .config/fish/completions
  ln -s "$ELECTCTL" bin/electctl
  ln -s "$ETCDCTL" bin/etcdctl
  for program in backup report; do
    printf '#!/bin/sh\necho "%s $ELECTCTL_NAME" >>"%s/ran"\n' "$program" "$PWD" >"bin/$program"
    chmod +x "bin/$program"
  done
}
teardown() { end_started; }

# paste COMMAND: runs it in a shell whose environment holds only what a shell needs and etcd's address.
paste() {
  env -i HOME="$PWD" PATH="$PWD/bin:/usr/bin:/bin" ETCDCTL_ENDPOINTS="$ETCDCTL_ENDPOINTS" timeout -s INT 3 bash -c "$1" 3>&-
}

@test "the examples of --help run as they are printed" {
  for command in '' campaign leader observe resign inspect proclaim elect completion help version; do
    # shellcheck disable=SC2086
    electctl $command --help | sed -n '/^Examples:/,/^$/s/^  \([^ ].*\)$/\1/p'
  done >examples
  (($(wc -l <examples) >= 19))
  while read -r example; do
    example=${example//\/usr\/local\/bin/$PWD/bin}
    run paste "$example"
    # 1: there is no such lease or session file here. 10, 11: nobody leads. 124: it would run until Ctrl-C.
    [[ $status =~ ^(0|1|10|11|124)$ && $output != *"command not found"* ]] || { echo "'$example': exit $status: $output"; return 1; }
  done <examples
  grep -qx 'backup backup' ran
  grep -qx 'report report' ran
}

@test "the check of --help tells a sound election, an empty one, a fault and a dead etcd apart" {
  check=$(electctl inspect --help | sed -n 's/^  \(electctl inspect backup --verify.*\)/\1/p' | sed "s/backup/$name/")
  run -0 paste "$check"
  [[ $output != *unsound* && $output != *unknown* ]]
  etcdctl put "$name/1" v
  run -0 paste "$check"
  [[ $output == *$'\n'unsound ]]
  etcdctl del "$name/1"
  run -0 paste "export ETCDCTL_ENDPOINTS=127.0.0.1:1 ETCDCTL_COMMAND_TIMEOUT=500ms; $check"
  [[ $output == *$'\n'unknown ]]
}

@test "the systemd job runs in an environment that has what systemd gives it alone" {
  unit=$root/cli/packaging/systemd/electctl-job.service
  command=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s/%%/%/g; s|/usr/bin/electctl|$ELECTCTL|; s|/usr/local/bin|$PWD/bin|; s/--linger 30s/--linger 1s/")
  variable=$(sed -n 's/^Environment=//p' "$unit")
  [[ $variable == ETCDCTL_ENDPOINTS=* ]]
  run -0 env -i PATH=/usr/bin:/bin "ETCDCTL_ENDPOINTS=$ETCDCTL_ENDPOINTS" bash -c "$command" 3>&-
  [[ $(<ran) == "report report" ]]
  # Once an hour.
  run -11 env -i PATH=/usr/bin:/bin "ETCDCTL_ENDPOINTS=$ETCDCTL_ENDPOINTS" bash -c "$command" 3>&-
  [[ $(<ran) == "report report" ]]
}

@test "a forgotten --: one line says that nothing is run, and its command runs it" {
  start out "$ELECTCTL" campaign "$name" "$PWD/bin/backup"
  wait_for 10 grep -q "$name/" out
  [[ $(wc -l <out.err) == 1 && ! -e ran ]]
  advice=$(sed -n "s/^electctl: '.*' is a program, but here it is VALUE and is not run; to run it: //p" out.err)
  kill -INT "$!"
  ended "$!" 0
  run -0 paste "$advice"
  [[ $(<ran) == "backup $name" ]]
  # No advice for a value that only looks like a program, or if there is a CMD.
  etcdctl put "$name/1" first
  run -11 --separate-stderr electctl campaign "$name" /no/such --try
  [[ -z $stderr ]]
  etcdctl del "$name/1"
  run -0 --separate-stderr electctl campaign "$name" "$PWD/bin/backup" -- true
  [[ -z $stderr ]]
}

@test "a forgotten --: the command that is advised has all other options, and no password" {
  printf '#!/bin/sh\necho "$ELECTCTL_VALUE-$ELECTCTL_TTL" >>"%s/ran"\n' "$PWD" >"bin/with space"
  chmod +x "bin/with space"
  start out "$ELECTCTL" --dial-timeout=3s campaign --ttl 7s "$name" "$PWD/bin/with space" --user u --password secret
  wait_for 10 grep -q "$name/" out
  advice=$(sed -n "s/^electctl: '.*' is a program, but here it is VALUE and is not run; to run it: //p" out.err)
  kill -INT "$!"
  ended "$!" 0
  [[ $advice == "electctl --dial-timeout=3s campaign --ttl 7s $name --user u -- '$PWD/bin/with space'" ]]
  run -0 paste "${advice/ --user u}"
  [[ $(<ran) == "$(uname -n)-7" ]]
  # So where an option is of use with a CMD only.
  run -128 --separate-stderr electctl campaign "$name" --once id "$PWD/bin/backup" --password=secret
  [[ $stderr == "Error: --once is of use only with a CMD; to run '$PWD/bin/backup': electctl campaign $name --once id -- $PWD/bin/backup" ]]
  run -0 paste "${stderr##*: }"
  [[ $(tail -n 1 ran) == "backup $name" ]]
}

@test "a password that others can read: the command that is advised stops that" {
  echo secret >password
  chmod 644 password
  run -10 --separate-stderr electctl --user u --password-file password leader "$name"
  [[ $stderr == *"; to stop that: chmod go= 'password'" ]]
  paste "${stderr##*: }"
  run -10 --separate-stderr electctl --user u --password-file password leader "$name"
  [[ -z $stderr ]]
}

@test "--cacert where no endpoint uses TLS is said to be of no use" {
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt 2>openssl.log
  run -10 --separate-stderr electctl --cacert crt --endpoints "http://${ETCDCTL_ENDPOINTS#http://}" leader "$name"
  [[ $stderr == "electctl: --cacert is of no use: no endpoint uses TLS; write https:// for one that does" ]]
  # The variable is named where that gave it.
  ETCDCTL_CACERT=crt run -10 --separate-stderr electctl --endpoints "http://${ETCDCTL_ENDPOINTS#http://}" leader "$name"
  [[ $stderr == "electctl: ETCDCTL_CACERT is of no use: no endpoint uses TLS; write https:// for one that does" ]]
  ETCDCTL_CACERT=other run -10 --separate-stderr electctl --cacert crt --endpoints "http://${ETCDCTL_ENDPOINTS#http://}" leader "$name"
  [[ $stderr == "electctl: --cacert is of no use: "* ]]
}
