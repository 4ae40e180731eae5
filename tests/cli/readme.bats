#!/usr/bin/env bats
# The recipes of README.md, run as printed; only the programs and paths of other packages are replaced by ours.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir bin
  ln -s "$ELECTCTL" bin/electctl
  ln -s "$ETCDCTL" bin/etcdctl
  PATH=$BATS_TEST_TMPDIR/bin:$PATH
  for program in report collect myservice nightly; do
    printf '#!/bin/sh\necho "%s $ELECTCTL_NAME" >>"%s/ran"\n' "$program" "$BATS_TEST_TMPDIR" >"bin/$program"
    chmod +x "bin/$program"
  done
}
teardown() { end_started; }

# The recipe that holds this text: its whole indented block.
recipe() {
  awk -v text="$1" '/^    / { block = block substr($0, 5) "\n"; next } { if (index(block, text)) printf "%s", block; block = "" }' \
    "$root/README.md" | sed "s|/usr/local/bin/|$BATS_TEST_TMPDIR/bin/|g; s|/usr/bin/|$BATS_TEST_TMPDIR/bin/|g; s|/var/lib/|$BATS_TEST_TMPDIR/|g"
}
# A line of a crontab as cron runs it: without schedule and user, \% as %.
cron() { recipe "$1" | sed -E 's/^([0-9*]+ ){5}root //; s/\\%/%/g'; }

@test "README: cron with --once: of two hosts in the same minute one runs it" {
  line=$(cron '--try --once')
  line=${line/--linger 30s/--linger 1s}
  for host in 1 2; do start "$BATS_TEST_TMPDIR/$host" bash -c "exec $line"; done
  codes=()
  for pid in "${started[@]}"; do
    code=0
    wait "$pid" || code=$?
    codes+=("$code")
  done
  [[ $(printf '%s\n' "${codes[@]}" | sort -n | tr '\n' ' ') == "0 11 " ]]
  [[ $(<ran) == "report report" ]]
}

@test "README: nightly with --retry: where the host that runs it dies half-way another one runs it, and the check says so" {
  line=$(cron '--retry')
  check=$(recipe '--runs --id')
  # The first one says which electctl runs it, and does not come to an end.
  cat >bin/nightly <<'EOT'
#!/bin/sh
if [ -e tried ]; then exec echo ran >>ran; fi
cut -d ' ' -f 4 "/proc/$PPID/stat" >tried
sleep 60
EOT
  run bash -c "$check"
  [[ $output == *"the nightly run has not succeeded"* ]]
  for host in 1 2 3; do start "$BATS_TEST_TMPDIR/$host" bash -c "exec ${line/nightly /nightly --ttl 2s }"; done
  wait_for 10 test -s tried
  run bash -c "$check"
  [[ ${lines[0]} == *$'\trunning\t'* && ${lines[1]} == "the nightly run has not succeeded" ]]
  kill -KILL "$(<tried)"
  wait_for 20 test -s ran
  codes=()
  for pid in "${started[@]}"; do
    code=0
    wait "$pid" || code=$?
    codes+=("$code")
  done
  [[ $(printf '%s\n' "${codes[@]}" | sort -n | tr '\n' ' ') == "0 11 137 " ]]
  [[ $(<ran) == ran ]]
  run -0 bash -c "$check"
  [[ ${lines[0]} == *$'\tdone\t'* && ${lines[1]} == ID* && $output != *"has not succeeded"* ]]
}

@test "README: cron with --session: the host that has it keeps it" {
  line=$(cron '--session')
  run -0 bash -c "$line"
  run -0 bash -c "$line"
  run -11 bash -c "${line/electctl-collect/other-host}"
  [[ $(<ran) == $'collect collect\ncollect collect' ]]
}

@test "README: the systemd unit's command runs the service once it leads" {
  command=$(recipe ExecStart | sed -n 's/^ExecStart=//p')
  run -0 bash -c "$command"
  [[ $(<ran) == "myservice myservice" ]]
}

@test "README: the check says who leads" {
  check=$(recipe '--print-value-only')
  hostname() { uname -n; }
  export -f hostname
  run bash -c "$check"
  [[ $output == *"nobody leads"* ]]
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign job
  wait_for 10 stands job 1
  run -0 bash -c "$check"
  [[ $output == "$(uname -n)"$'\nwe lead' ]]
  kill -INT "$!"
  ended "$!" 0
}

@test "README: a write to etcd is fenced by the candidate's create revision" {
  run -0 bash -c "$(recipe 'etcdctl txn')"
  [[ $output == SUCCESS* && $(etcdctl get result --print-value-only) == "done" ]]
  # The same with the token of an earlier term.
  etcdctl del result
  run -0 bash -c "$(recipe 'etcdctl txn' | sed 's/[$]ELECTCTL_REV/1/')"
  [[ $output == FAILURE* && -z $(etcdctl get result) ]]
}

@test "README: a write to a file is fenced by the token" {
  touch state.lock
  run -0 bash -c "$(recipe 'flock state.lock')"
  [[ $(<state) == "new state" && $(<state.token) -gt 0 ]]
  echo 999999999 >state.token
  run -1 bash -c "$(recipe 'flock state.lock')"
}

@test "README: metrics, the check in CI, and the handler of observe" {
  start "$BATS_TEST_TMPDIR/out" electctl campaign job "$(hostname)"
  wait_for 10 leads job "$(hostname)"
  bash -e <<<"$(recipe 'job.prom.new')"
  grep -q '^electctl_up{election="job"} 1' job.prom
  run -0 bash <<<"$(recipe 'is unsound')"
  # shellcheck disable=SC2016
  start "$BATS_TEST_TMPDIR/handler" bash -c "exec $(recipe 'role.log')"
  wait_for 10 grep -qx 'job: leader' role.log
  etcdctl put job/hand x
  electctl resign job --leader
  wait_for 10 grep -qx 'job: follower' role.log
  run -1 bash <<<"$(recipe 'is unsound')"
  [[ $output == *"election job is unsound" ]]
}
