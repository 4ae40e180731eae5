# Puts callproxy between the program under test and the cluster of ../cli/cluster. Load it after that file.

# start_callproxy: makes an endpoint for each member of the cluster. $proxied holds all of them, separated by commas, and
# $address the first one. The file $calls gets the proxy's output.
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

# plan RULE...: replaces the rules of the proxy. See callproxy/plan.h.
plan() {
  local rule due
  due=$(($(planned) + $#))
  echo clear >&"$planning"
  for rule in "$@"; do echo "$rule" >&"$planning"; done
  wait_for 10 has_planned "$due"
}
has_planned() { (($(planned) >= $1)); }
planned() { grep -c '^planned' "$calls" || true; }
# did PATTERN: whether the proxy has printed a line like it.
did() { grep -q "$1" "$calls"; }
