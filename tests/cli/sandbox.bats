#!/usr/bin/env bats
# scripts/sandbox: it starts a real cluster, and always removes it.
load cluster

gone() { [[ ! -e $1 ]] && ! pgrep -f "$1/" >/dev/null; }

@test "sandbox: CMD's exit code, and nothing left" {
  run -3 "$root/scripts/sandbox" -- bash -c 'echo "$SANDBOX_DIR"; exit 3'
  gone "$output"
}

@test "sandbox --members 3 --tls: three healthy members" {
  run -0 "$root/scripts/sandbox" --members 3 --tls -- bash -c '"$ETCDCTL" endpoint health 2>&1 | grep -c "is healthy"'
  [[ $output == 3 ]]
}

@test "sandbox: gone when it is interrupted, ended or killed" {
  for signal in INT TERM KILL; do
    # shellcheck disable=SC2016
    env --default-signal=INT setsid "$root/scripts/sandbox" -- bash -c 'echo "$SANDBOX_DIR" >"$1"; exec sleep 60' \
      _ "$BATS_TEST_TMPDIR/dir" 3>&- &
    group=$!
    wait_for 30 test -s "$BATS_TEST_TMPDIR/dir"
    dir=$(<"$BATS_TEST_TMPDIR/dir")
    # Ctrl-C goes to the terminal's whole foreground group, the other signals to one process.
    if [[ $signal == INT ]]; then kill -INT -- "-$group"; else kill "-$signal" "$group"; fi
    wait_for 10 gone "$dir"
    kill -KILL -- "-$group" 2>/dev/null || true
    rm "$BATS_TEST_TMPDIR/dir"
  done
}

@test "sandbox: says how to get etcd where there is none" {
  ETCD=no-such-etcd run -1 "$root/scripts/sandbox" -- true
  [[ $output == "Error: there is no 'no-such-etcd'"*etcd-server* ]]
}
