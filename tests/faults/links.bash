# Members that die and start again, and links that can be cut silently. Load it after ../cli/cluster.

links=()

# link N: starts a proxy to member N. Its address is in $address, its process group in $group. While it is stopped (kill
# -STOP -- -$group) it accepts bytes, but nothing comes back.
link() {
  local port url
  url=$(<"$SANDBOX_DIR/member-$1.url")
  while :; do
    port=$((10000 + RANDOM % 5000))
    setsid socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" "TCP:${url#http://}" 2>/dev/null 3>&- &
    group=$!
    if wait_for 5 listens "$port" "$group"; then break; fi
  done
  links+=("$group")
  # shellcheck disable=SC2034
  address=127.0.0.1:$port
}
listens() { grep -qi ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp && ! not_running "$2"; }
end_links() {
  local group
  for group in ${links[@]+"${links[@]}"}; do
    { kill -KILL -- "-$group" && wait "$group"; } 2>/dev/null || true
  done
}

member() { cat "$SANDBOX_DIR/member-$1.pid"; }
url() { cat "$SANDBOX_DIR/member-$1.url"; }
kill_member() { kill -KILL "$(member "$1")"; }
restart() {
  "$SANDBOX_DIR/member-$1.start" 3>&-
  ETCDCTL_ENDPOINTS=$(url "$1") wait_for 20 "$ETCDCTL" endpoint health --command-timeout=1s
}
# For teardown: makes all members run again.
heal() { wait_for 30 healed "$1" || { tail -n 5 "$SANDBOX_DIR"/member-*.log >&2; return 1; }; }
# Starts a member again if it did not come up: another program may have used its port for a while.
healed() {
  local i
  for ((i = 1; i <= $1; i++)); do
    kill -CONT "$(member "$i")" 2>/dev/null || "$SANDBOX_DIR/member-$i.start" 3>&-
  done
  "$ETCDCTL" endpoint health --command-timeout=1s
}
