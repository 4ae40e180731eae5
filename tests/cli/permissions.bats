#!/usr/bin/env bats
# Which permissions each subcommand needs. It works with a role that has exactly these. If one is taken away, it is refused,
# and names the missing one. README's table lists the same.
load cluster

as_root() { ETCDCTL_USER=root:rootpw etcdctl "$@"; }
# root's calls do not use the role under test.
electctl_as_root() { electctl --user root:rootpw "$@"; }

setup_file() {
  start_cluster
  start_member accounts http --bcrypt-cost 4
  ETCDCTL_ENDPOINTS=$(url_of accounts)
  export ETCDCTL_ENDPOINTS
  etcdctl user add root --new-user-password rootpw
  etcdctl user grant-role root root
  etcdctl auth enable
}
teardown_file() { stop_cluster; }
setup() {
  name=$(name_of_test)
  user=user-$name
  as_root role add "$user"
  as_root user add "$user" --new-user-password pw
  as_root user grant-role "$user" "$user"
}
teardown() {
  end_started
  as_root del "$name/" --prefix
}

# Standard output and standard error are kept apart.
mine() { run --separate-stderr electctl --user "$user:pw" "$@"; }

# may [read|write|readwrite FROM TO]...: gives the role these permissions, and no others.
may() {
  local range
  while read -r range; do
    # shellcheck disable=SC2086
    as_root role revoke-permission "$user" $range
  done < <(as_root role get "$user" | sed -nE 's/^\t\[(.*), (.*)\) .*$/\1 \2/p' | sort -u)
  while (($#)); do
    as_root role grant-permission "$user" "$1" "$2" "$3"
    shift 3
  done
}

# works CODE COMMAND...: whether it exits with CODE and reports no missing permission.
works() {
  mine "${@:2}"
  [[ $status == "$1" && -z $stderr ]] || { echo "'${*:2}': exit $status, $stderr"; return 1; }
}
# refused KIND WHERE COMMAND...: whether it is refused because this permission on WHERE (the start of the key or range) is
# missing.
refused() {
  mine "${@:3}"
  [[ $status == 1 && ${#stderr_lines[@]} == 1 ]] || { echo "'${*:3}': exit $status, $stderr"; return 1; }
  [[ $stderr == "Error: permission denied: user '$user' has no $1 permission on the key"*" '$2"* ]] || {
    echo "'${*:3}' says: $stderr"
    return 1
  }
  # The message names a range to grant, and that range is enough.
  [[ $stderr == *"grant it to one of this user's roles: etcdctl role grant-permission ROLE "* ]]
}

# leads_there VALUE: puts a candidate as root. No process renews its lease of 600 s.
leads_there() {
  lease=$(as_root lease grant 600 | awk '{ sub(/^0+/, "", $2); print $2 }')
  as_root put "$name/$lease" "$1" --lease "$lease"
}
nobody_stands() { [[ -z $(as_root get "$name/" --prefix) ]]; }

@test "leader, inspect, observe, elect -l: read on the election's keys" {
  leads_there v
  commands=(leader "leader -w json" "leader --is v" "leader --wait 5s" "inspect" "inspect -w json" "inspect -w table"
    "inspect -w prometheus" "inspect --history" "observe --count 1")
  may read "$name/" "${name}0"
  for command in "${commands[@]}"; do
    # shellcheck disable=SC2086
    works 0 $command "$name"
  done
  may
  for command in "${commands[@]}" "elect -l"; do
    # shellcheck disable=SC2086
    refused read "$name/" $command "$name"
  done
  # The write permission does not include reading.
  may write "$name/" "${name}0"
  refused read "$name/" leader "$name"
}

@test "observe --prefix, inspect --all and completion: read on all keys that begin with the prefix" {
  leads_there v
  may read "$name" "${name%?}$(printf '%b' "\\x$(printf %x $(($(printf %d "'${name: -1}") + 1)))")"
  works 0 observe "$name" --prefix --count 1
  works 0 inspect --all "$name"
  works 0 __elections "$name"
  [[ $output == "$name" ]]
  # The keys of one election are not enough.
  may read "$name/" "${name}0"
  refused read "$name" observe "$name" --prefix --count 1
  refused read "$name" inspect --all "$name"
  # A user who presses Tab is not told why there is no completion.
  works 0 __elections "$name"
  [[ -z $output ]]
}

@test "inspect --verify: read on the election's keys" {
  leads_there v
  may read "$name/" "${name}0"
  works 0 inspect "$name" --verify
  may
  refused read "$name/" inspect "$name" --verify
}

@test "campaign and elect: read and write on the election's keys" {
  may readwrite "$name/" "${name}0"
  works 0 campaign "$name" v -- true
  works 0 campaign "$name" v --try -- true
  nobody_stands
  start "$BATS_TEST_TMPDIR/elect" "$ELECTCTL" --user "$user:pw" elect "$name" v
  wait_for 10 test -s "$BATS_TEST_TMPDIR/elect"
  kill -TERM "$!"
  ended "$!" 0
  nobody_stands
  leases=$(as_root lease list)
  may read "$name/" "${name}0"
  refused write "$name/" campaign "$name" v -- true
  refused write "$name/" elect "$name" v
  may write "$name/" "${name}0"
  refused read "$name/" campaign "$name" v -- true
  may
  refused read "$name/" campaign "$name" v -- true
  # The refused ones have left nothing.
  nobody_stands
  [[ $(as_root lease list) == "$leases" ]]
}

@test "campaign that waits, and that holds under an existing lease: no more than that" {
  may readwrite "$name/" "${name}0"
  leads_there first
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --user "$user:pw" campaign "$name" second
  waiting=$!
  wait_for 10 eval '(($(as_root get "$name/" --prefix --keys-only | grep -c .) == 2))'
  as_root lease revoke "$lease"
  wait_for 10 grep -qx second "$BATS_TEST_TMPDIR/out"
  kill -TERM "$waiting"
  ended "$waiting" 0
  leads_there own
  works 0 campaign "$name" v --lease "$lease" -- true
  nobody_stands
}

@test "campaign --once: also read and write on the election's records" {
  records=electctl-once:$name
  may readwrite "$name/" "${name}0" readwrite "$records:" "$records;"
  works 0 campaign "$name" v --once id -- echo ran
  [[ $output == ran ]]
  works 11 campaign "$name" v --once id -- echo ran
  leases=$(as_root lease list)
  may readwrite "$name/" "${name}0"
  refused read "$records" campaign "$name" v --once id2 -- echo ran
  [[ -z $output ]]
  may readwrite "$name/" "${name}0" read "$records:" "$records;"
  refused write "$records" campaign "$name" v --once id2 -- echo ran
  [[ -z $output ]]
  nobody_stands
  # No lease is left either. It would live for a day.
  [[ $(as_root lease list) == "$leases" ]]
}

@test "inspect --runs: read on the election's records and keys; --verify skips its check where the former is missing" {
  records=electctl-once:$name
  may readwrite "$name/" "${name}0" readwrite "$records:" "$records;"
  works 3 campaign "$name" v --once id -- sh -c 'exit 3'
  works 0 campaign "$name" v --once id --retry -- true
  leads_there v
  may read "$name/" "${name}0" read "$records:" "$records;"
  works 0 inspect "$name" --runs
  works 0 inspect "$name" --runs --id id
  works 0 inspect "$name" --verify
  [[ $output == *"ok     runs       1 run in the ledger"* ]]
  may read "$name/" "${name}0"
  refused read "$records:" inspect "$name" --runs
  works 0 inspect "$name" --verify
  [[ $output == *"SKIP   runs       not checked: permission denied: "*"grant-permission ROLE read '$records:'"* && $output != *FAULT* ]]
  mine inspect "$name" --verify -w json
  jq -e '[.checks[] | select(.skipped) | .check] == ["runs"] and all(.checks[]; .ok)' <<<"$output"
}

@test "campaign --session: read and write on the election's keys" {
  file=$BATS_TEST_TMPDIR/session
  may readwrite "$name/" "${name}0"
  works 0 campaign "$name" v --session "$file" --try -- true
  works 0 campaign "$name" v --session "$file" --try -- true
  works 0 proclaim "$name" w --session "$file"
  works 0 resign "$name" --session "$file"
  nobody_stands
  may read "$name/" "${name}0"
  refused write "$name/" campaign "$name" v --session "$file" --try -- true
  may
  refused read "$name/" campaign "$name" v --session "$file" --try -- true
}

@test "resign and proclaim: read and write on the election's keys" {
  may readwrite "$name/" "${name}0"
  leads_there v
  works 0 proclaim "$name" w --lease "$lease"
  [[ $(electctl_as_root leader "$name" --print-value-only) == w ]]
  works 0 resign "$name" --leader
  leads_there v
  works 0 resign "$name" --lease "$lease" --revoke
  nobody_stands
  leads_there v
  may read "$name/" "${name}0"
  refused write "$name/" proclaim "$name" w --lease "$lease"
  refused write "$name/" resign "$name" --leader
  may write "$name/" "${name}0"
  refused read "$name/" proclaim "$name" w --lease "$lease"
  refused read "$name/" resign "$name" --leader
  [[ $(electctl_as_root leader "$name" --print-value-only) == v ]]
}

@test "version, completion SHELL and inspect --etcdctl: no account at all" {
  may
  works 0 version
  works 0 completion bash
  works 0 inspect "$name" --etcdctl
}

# grant_as_advised: runs the command that the last refusal names, with the role's name in place of ROLE.
grant_as_advised() {
  local advice=${stderr##*: etcdctl }
  advice=${advice% (endpoint *}
  [[ $advice == "role grant-permission ROLE "* ]]
  eval "as_root ${advice/ROLE/$user}"
}

@test "what is advised where a permission is missing is enough, and goes into a shell as it stands" {
  may
  refused read "$name/" campaign "$name" v -- true
  grant_as_advised
  works 0 campaign "$name" v -- true
  refused read "electctl-once:$name:" campaign "$name" v --once tuesday -- true
  grant_as_advised
  works 0 campaign "$name" v --once tuesday -- true
  may readwrite "$name/" "${name}0"
  refused read "electctl-once:$name:" campaign "$name" v --once monday -- true
  [[ $stderr == *" readwrite 'electctl-once:$name:' 'electctl-once:$name;' (endpoint "* ]]
  may read "$name/" "${name}0"
  for command in "inspect --all" "observe --prefix"; do
    # shellcheck disable=SC2086
    mine $command ''
    [[ $status == 1 && $stderr == "Error: permission denied: user '$user' has no read permission on all keys; grant it to one of this user's roles: etcdctl role grant-permission ROLE read '' --from-key (endpoint "* ]]
  done
  may
  mine inspect --all ''
  grant_as_advised
  as_root put "$name/1" v  # Other tests may leave elections, or none.
  works 0 inspect --all ''
}

@test "README: the commands that it prints grant what the first cron job and inspect --runs need" {
  may
  refused read "$name/" campaign "$name" v --once today --retry -- true
  while read -r command; do
    eval "as_root ${command#etcdctl }"
  done < <(grep -oE '`etcdctl role grant-permission [^`]+`' "$root/README.md" | tr -d '`' | sed "s/ROLE/$user/; s/NAME/$name/g")
  works 0 campaign "$name" v --once today --retry -- true
  works 0 inspect "$name" --runs --id today
}
