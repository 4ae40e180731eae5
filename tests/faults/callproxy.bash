# callproxy between the program under test and the cluster of ../cli/cluster. Load after that.

# start_callproxy: for each member of the cluster an endpoint, all of them in $proxied with commas between, the first one in
# $address. What the proxy says is in $calls.
start_callproxy() {
  local members ports
  IFS=, read -r -a members <<<"$ETCDCTL_ENDPOINTS"
  calls=$BATS_TEST_TMPDIR/calls
  mkfifo "$BATS_TEST_TMPDIR/plan"
  exec {planning}<>"$BATS_TEST_TMPDIR/plan"
  start "$calls" "$(dirname "$ELECTCTL")/callproxy" "${members[@]#http://}" <"$BATS_TEST_TMPDIR/plan"
  wait_for 10 grep -q '^ready' "$calls"
  read -r -a ports < <(sed -n 's/^ready //p' "$calls")
  proxied=$(printf ',127.0.0.1:%s' "${ports[@]}") proxied=${proxied#,}
  # shellcheck disable=SC2034
  address=${proxied%%,*}
}

# plan RULE...: forgets what was before; see callproxy/plan.h.
plan() {
  local rule due
  due=$(($(planned) + $#))
  echo clear >&"$planning"
  for rule in "$@"; do echo "$rule" >&"$planning"; done
  wait_for 10 has_planned "$due"
}
has_planned() { (($(planned) >= $1)); }
planned() { grep -c '^planned' "$calls" || true; }
# did PATTERN: whether the proxy has said so.
did() { grep -q "$1" "$calls"; }
