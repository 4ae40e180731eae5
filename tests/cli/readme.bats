#!/usr/bin/env bats
# Runs the recipes of README.md and the units for systemd as printed, with the environment that cron or systemd gives them.
# Only paths and endpoints are replaced by those of this test.
load cluster

setup_file() { start_cluster --tls; }
teardown_file() { stop_cluster; }
setup() {
  cd "$BATS_TEST_TMPDIR" || return
  bin=$BATS_TEST_TMPDIR/bin
  mkdir bin
  ln -s "$ELECTCTL" bin/electctl
  ln -s "$ETCDCTL" bin/etcdctl
  for program in backup report collect myservice; do
    printf '#!/bin/sh\necho "%s $ELECTCTL_NAME" >>"%s/ran"\n' "$program" "$BATS_TEST_TMPDIR" >"bin/$program"
    chmod +x "bin/$program"
  done
}
teardown() {
  end_started
  etcdctl del job/ --prefix  # A holder that was killed stays in the queue until its lease expires.
}

# Replaces the paths and endpoints in a printed text.
ours() {
  sed -E "s|/usr/(local/)?bin/|$bin/|g; s#/(var/lib|etc/cron.d)/#$BATS_TEST_TMPDIR/#g; s|/etc/etcd/ca.crt|$ETCDCTL_CACERT|g; s|^PATH=|&$bin:|
    s,ETCDCTL_ENDPOINTS=(https://[^ ]+|127.0.0.1:2379),ETCDCTL_ENDPOINTS=$ETCDCTL_ENDPOINTS,g"
}
# Prints the indented block of README that holds this text.
recipe() {
  awk -v text="$1" '/^    / { block = block substr($0, 5) "\n"; next } { if (index(block, text)) printf "%s", block; block = "" }' \
    "$root/README.md" | ours
}
# shell TEXT [bash's options]: runs the recipe that holds TEXT, with the endpoints in the environment.
shell() {
  env -i PATH="$BATS_TEST_TMPDIR/clock:$bin:/usr/bin:/bin" ETCDCTL_ENDPOINTS="$ETCDCTL_ENDPOINTS" ETCDCTL_CACERT="$ETCDCTL_CACERT" \
    bash "${@:2}" -c "$(recipe "$1")" 3>&-
}
# Prints the file for /etc/cron.d that holds this text. If a recipe is the line of a job alone, the variables are those of
# the first job.
cron_file() {
  local file
  file=$(recipe "$1")
  grep -q '^ETCDCTL_ENDPOINTS=' <<<"$file" || recipe '30 4 * * *' | grep -E '^[A-Z_]+='
  echo "$file"
}
# cron TEXT [SED-SCRIPT]: runs that file, changed by the script, as cron runs it: with its variables, its one command in
# /bin/sh, and \% read as %. It replaces the shell, like unit: use it with run and start.
cron() {
  local file variables command
  file=$(cron_file "$1" | sed -E "${2-}")
  mapfile -t variables < <(grep -E '^[A-Z_]+=' <<<"$file")
  command=$(grep -vE '^([A-Z_]+=|#)' <<<"$file")
  [[ $(wc -l <<<"$command") == 1 && ! $command =~ [^\\]% ]] || { echo "cron takes this otherwise: $command"; return 1; }
  command=$(sed -E 's/^([^ ]+ ){5}root //; s/\\%/%/g' <<<"$command")
  exec env -i PATH=/usr/bin:/bin SHELL=/bin/sh HOME=/root LOGNAME=root "${variables[@]}" /bin/sh -c "$command" 3>&-
}
# unit FILE: runs what a unit for systemd starts, with only the variables of the unit.
unit() {
  local variables command
  mapfile -t variables < <(ours <"$1" | sed -n 's/^Environment=//p')
  # systemd reads quotes like a shell, and %% as %.
  eval "command=($(ours <"$1" | sed -n 's/^ExecStart=//p' | sed 's/%%/%/g'))"
  exec env -i PATH=/usr/bin:/bin ETCDCTL_CACERT="$ETCDCTL_CACERT" "${variables[@]}" "${command[@]}" 3>&-
}
# codes COMMAND...: starts it twice at once, and prints the two exit codes, sorted.
codes() {
  local pid code codes=()
  start "$BATS_TEST_TMPDIR/1" "$@"
  start "$BATS_TEST_TMPDIR/2" "$@"
  for pid in "${started[@]: -2}"; do
    code=0
    wait "$pid" || code=$?
    codes+=("$code")
  done
  printf '%s\n' "${codes[@]}" | sort -n | tr '\n' ' '
}
# at TIME: from here on the check of the nightly run takes this for the present time.
at() {
  mkdir -p clock
  printf '#!/bin/sh\nexec /bin/date -u -d "%s $3" "$4"\n' "$1" >clock/date
  chmod +x clock/date
}
# Runs COMMAND... Runs it again if the date in FORMAT has changed meanwhile: in the next minute the job runs again.
within_one() {
  local before
  before=$(date -u "+$1")
  run "${@:2}"
  [[ $(date -u "+$1") == "$before" ]] || { rm -f ran; run "${@:2}"; }
}

@test "README: at most 200 lines, and its links lead somewhere" {
  (($(wc -l <"$root/README.md") <= 200))
  grep -oE '\]\([^)]+\)' "$root/README.md" | tr -d '](\)' | while read -r link; do
    page=${link%%#*} part=''
    [[ $link != *'#'* ]] || part=${link#*'#'}
    [[ -e $root/${page:-README.md} ]] || { echo "there is no $page"; return 1; }
    # How a heading becomes a link target.
    [[ -z $part ]] || sed -n 's/^##* //p' "$root/${page:-README.md}" | tr '[:upper:] ' '[:lower:]-' | grep -qx "$part" ||
      { echo "there is no $link"; return 1; }
  done
}

@test "README: the pages on how it is built name files that are there" {
  for page in cli lib tests; do
    grep -oE '`[a-z_/]+\.(cc|h|bats|py|bash|txt|order)`' "$root/$page/README.md" | tr -d '`' | sort -u | while read -r file; do
      [[ -e $root/$page/$file || -e $root/$file || -e $root/lib/include/elect/$file ]] || { echo "there is no $file ($page)"; return 1; }
    done
    grep -oE '\]\([^)#]+' "$root/$page/README.md" | cut -c3- | while read -r link; do
      [[ -e $root/$page/$link ]] || { echo "there is no $link ($page)"; return 1; }
    done
  done
}

@test "README: the first job is run by one host of two, and by none again on that date" {
  within_one %F codes cron '30 4 * * *'
  [[ $output == "0 11 " ]]
  within_one %F cron '30 4 * * *'
  [[ $status == 11 && -z $output ]]
  [[ $(<ran) == "backup backup" ]]
  at "$(date -u '+%F 06:00 UTC')"
  run -0 shell '--runs --id'
}

@test "README: where the host that runs the first job dies half-way another one runs it, and monitoring hears of it" {
  etcdctl del electctl-once:backup: --prefix
  printf '#!/bin/sh\n[ ! -e tried ] || exec echo ran >>ran\necho $PPID >tried\nexec sleep 60\n' >bin/backup
  at "$(date -u '+%F 06:00 UTC')"
  run -1 shell '--runs --id'
  for host in 1 2 3; do start "$BATS_TEST_TMPDIR/$host" cron '30 4 * * *' 's/campaign backup/& --ttl 2s/'; done
  wait_for 10 test -s tried
  run -1 shell '--runs --id'
  [[ $output == *running* && ${lines[-1]} == "not done" ]]
  kill -KILL "$(ps -o ppid= -p "$(<tried)")"  # electctl: the guard's parent.
  wait_for 20 test -s ran
  codes=()
  for pid in "${started[@]}"; do
    code=0
    wait "$pid" || code=$?
    codes+=("$code")
  done
  [[ $(printf '%s\n' "${codes[@]}" | sort -n | tr '\n' ' ') == "0 11 137 " ]]
  [[ $(<ran) == ran ]]
  run -0 shell '--runs --id'
  [[ $output == *$'\tdone\t'* ]]
  # Of a run that was tried again the last attempt alone is shown.
  [[ ${#lines[@]} == 1 ]]
  run -0 electctl inspect backup --runs -w simple
  [[ $output == *$'\tdone\t'* ]]
}

@test "README: where etcd is silent for longer than the TTL, the first job is ended, and run again when etcd answers" {
  etcdctl del electctl-once:backup: --prefix
  printf '#!/bin/sh\n[ ! -e tried ] || exec echo ran >>ran\necho $$ >tried\nexec sleep 60\n' >bin/backup
  start "$BATS_TEST_TMPDIR/host" cron '30 4 * * *' 's/campaign backup/& --ttl 2s/'
  wait_for 10 test -s tried
  kill -STOP "$(<"$SANDBOX_DIR/member-1.pid")"
  wait_for 10 grep -q 'CMD was ended; standing again' "$BATS_TEST_TMPDIR/host.err" || failed=yes
  not_running "$(<tried)" || failed=yes
  kill -CONT "$(<"$SANDBOX_DIR/member-1.pid")"
  [[ -z ${failed-} ]]
  ended "${started[-1]}" 0
  [[ $(<ran) == ran ]]
}

@test "README: the first job is tried by hand with what its file says: 0, then 11; in the morning the run, a picture" {
  etcdctl del electctl-once:backup: --prefix
  cron_file '30 4 * * *' >backup
  block=$(recipe 'campaign backup --once test-1')
  # The line with this number, with what the first one takes from the file alone.
  recipe() { printf 'unset "${!ETCDCTL_@}"\n'; sed -n "1p;$1p" <<<"$block"; }
  run -0 shell 2
  [[ $output == 0 ]]
  run -0 shell 2
  [[ $output == 11 ]]
  [[ ! -e ran ]]
  electctl campaign backup host-1 --once "$(date -u +%F)" -- true
  run -0 shell 3
  [[ ${lines[1]} == test-1*done* && ${lines[2]} == *done*host-1* ]]
  run -0 shell 4
  grep -q '^<svg ' backup.svg
}

@test "README: the check of the nightly run tells done, not done, no run and no answer apart; before 06:00 of the day before" {
  etcdctl del electctl-once:backup: --prefix
  electctl campaign backup --once 2026-03-02 -- true
  for now in '2026-03-02 06:00' '2026-03-03 05:59'; do
    at "$now UTC"
    run -0 shell '--runs --id'
  done
  at '2026-03-03 06:00 UTC'
  run -1 shell '--runs --id'
  [[ $output == "no run 2026-03-03" ]]
  run -1 electctl campaign backup --once 2026-03-03 -- false
  run -1 shell '--runs --id'
  [[ ${lines[0]} == *failed* && ${lines[-1]} == "not done" ]]
  ETCDCTL_ENDPOINTS=https://127.0.0.1:1 run -1 shell '--runs --id'
  [[ ${lines[-1]} == "not checked" ]]
}

@test "README: cron of every minute: of two hosts one runs it" {
  within_one %H:%M codes cron ' report '
  [[ $output == "0 11 " && $(<ran) == "report report" ]]
}

@test "README: cron with --session: the host that has it keeps it" {
  run -0 cron ' collect '
  run -0 cron ' collect '
  run -11 cron ' collect ' 's|/collect.session --|/other-host.session --|'
  [[ $(<ran) == $'collect collect\ncollect collect' ]]
}

@test "systemd: the service runs once it leads, the timer's job on one host of two" {
  units=$root/cli/packaging/systemd
  run -0 unit "$units/electctl-service.service"
  [[ -z $output && $(<ran) == "myservice myservice" ]]
  [[ $(recipe ' myservice ') == "$(ours <"$units/electctl-service.service" | sed -n 's/^ExecStart=//p')" ]]
  rm ran
  within_one %H codes unit "$units/electctl-job.service"
  [[ $output == "0 11 " && $(<ran) == "report report" ]]
}

@test "systemd: the units are what systemd reads" {
  command -v systemd-analyze || skip "there is no systemd-analyze"
  for unit in service.service job.service job.timer; do
    ours <"$root/cli/packaging/systemd/electctl-$unit" >"electctl-$unit"
  done
  run -0 systemd-analyze verify --man=no ./electctl-{service.service,job.service,job.timer}
  [[ -z $output ]]
}

@test "README: the check says whether this host leads" {
  check='--is "$(uname -n)" &&'
  run shell "$check"
  [[ $output != *leads* ]]
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign job
  wait_for 10 leads job "$(uname -n)"
  run shell "$check"
  [[ ${lines[0]} == "this host leads" ]]
  kill -INT "$!"
  ended "$!" 0
}

@test "README: a write to etcd is fenced by the candidate's create revision: exit 0 if it was written, 1 if it was refused" {
  run -0 shell 'etcdctl txn'
  [[ $output == SUCCESS && $(etcdctl get result --print-value-only) == "done" ]]
  # The same write with the token of an earlier term.
  etcdctl del result
  recipe() { awk '/campaign job -- sh -c/ { on = 1 } on; /txn/ { on = 0 }' "$root/README.md" | sed 's/[$]ELECTCTL_REV/1/'; }
  run -1 shell 'etcdctl txn'
  [[ -z $output && -z $(etcdctl get result) ]]
}

@test "README: a write to a file is fenced by the token" {
  touch state.lock
  run -0 shell 'flock state.lock'
  [[ $(<state) == "new state" && $(<state.token) -gt 0 ]]
  echo 999999999 >state.token
  run -1 shell 'flock state.lock'
}

@test "README: metrics" {
  start "$BATS_TEST_TMPDIR/out" electctl campaign job me
  wait_for 10 leads job me
  shell 'job.prom.new'
  grep -q '^electctl_up{election="job"} 1' job.prom
}

@test "README: the check that an election is sound tells no candidate, a fault and no answer apart" {
  check='inspect job --verify'
  run -0 shell "$check" -e
  [[ ${lines[-1]} == "no candidate" ]]
  start "$BATS_TEST_TMPDIR/out" electctl campaign job me
  wait_for 10 leads job me
  run -0 shell "$check" -e
  [[ $output != *"no candidate"* && $output != *FAULT* ]]
  etcdctl put job/hand x
  run -1 shell "$check" -e
  [[ $output == *FAULT* && ${lines[-1]} == "unsound" ]]
  etcdctl del job/hand
  ETCDCTL_ENDPOINTS=https://127.0.0.1:1 run -1 shell "$check" -e
  [[ ${lines[-1]} == "not checked" ]]
}

@test "README: the command of observe is told when this host begins and ceases to lead" {
  start "$BATS_TEST_TMPDIR/out" electctl campaign job "$(uname -n)"
  wait_for 10 leads job "$(uname -n)"
  start "$BATS_TEST_TMPDIR/events" env PATH="$bin:/usr/bin:/bin" bash -c "exec $(recipe 'role.log')"
  wait_for 10 grep -qsx 'job: leader' role.log
  electctl resign job --leader
  wait_for 10 grep -qx 'job: follower' role.log
}
