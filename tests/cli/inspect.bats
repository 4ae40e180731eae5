#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

@test "inspect: simple, fields and hex as etcdctl get, byte for byte, for hostile names and values" {
  for suffix in '' ' s p ' "q'uote" 'a"b' '/p/' 'ünï✓' $'\x01\x1b[31m\xff'; do
    name=$(name_of_test "$suffix")
    for value in first '' $'l1\nl2\ttab' $'\x1b[2J\xc2\x9b\xff\xfe' 'ü✓𝄞' $'\u200b\u2028'; do
      start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" "$value"
    done
    wait_for 10 stands "$name" 6
    for options in '-w simple' '-w fields' '-w simple --hex'; do
      # shellcheck disable=SC2086
      diff <(electctl inspect "$name" $options) <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND $options)
    done
    run -0 electctl inspect "$name" -w table
    [[ $output != *$'\x1b'* && $output != *$'\xff'* ]]
    [[ $(electctl inspect "$name" -w json | jq '.candidates | length') == 6 ]]
  done
}

@test "inspect: simple is the default where standard output is no terminal" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  diff <(electctl inspect "$name") <(electctl inspect "$name" -w simple)
}

@test "inspect: no candidate: exit 10; simple and fields still as etcdctl" {
  name=$(name_of_test)
  for format in simple fields; do
    run -10 electctl inspect "$name" -w "$format"
    [[ $output == "$(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND -w "$format")" ]]
  done
  run -10 electctl inspect "$name" -w json
  [[ $(jq -c '[.leader, .candidates]' <<<"$output") == '[null,[]]' ]]
}

@test "inspect: candidates made by hand are shown, without a lease, deeper, and exactly at the prefix" {
  name=$(name_of_test)
  etcdctl put "$name/" "at the prefix"
  etcdctl put "$name/deeper/key" x
  etcdctl put "$name/not-hex" ''
  diff <(electctl inspect "$name") <(etcdctl get "$name/" --prefix --sort-by=CREATE --order=ASCEND)
  run -0 electctl inspect "$name" -w table
  [[ ${lines[1]} == *"no lease"* ]]
  [[ $(electctl inspect "$name" -w json | jq -r '.candidates[0].ttl') == null ]]
}

@test "inspect --rev: as of that revision" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  before=$(electctl inspect "$name")
  revision=$(electctl leader "$name" -w json | jq .create_revision)
  kill -INT "$!"
  ended "$!" 0
  [[ $(electctl inspect "$name" --rev "$revision") == "$before" ]]
}

@test "inspect --etcdctl: the command shows the same when it is pasted" {
  name=$(name_of_test " it's \$HOME")
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" v
  wait_for 10 stands "$name" 1
  command=$(electctl inspect "$name" --etcdctl)
  unset ETCDCTL_ENDPOINTS
  diff <(eval "${command/etcdctl/\"\$ETCDCTL\"}") <(ETCDCTL_ENDPOINTS=${command#*endpoints=\'} && ETCDCTL_ENDPOINTS=${ETCDCTL_ENDPOINTS%%\'*} electctl inspect "$name")
}

@test "inspect -w json: leader and candidates with rank, TTL and revisions" {
  name=$(name_of_test)
  start "$BATS_TEST_TMPDIR/1" "$ELECTCTL" campaign "$name" one --ttl 30s
  wait_for 10 stands "$name" 1
  start "$BATS_TEST_TMPDIR/2" "$ELECTCTL" campaign "$name" two --ttl 40s
  wait_for 10 stands "$name" 2
  electctl inspect "$name" -w json >"$BATS_TEST_TMPDIR/json"
  jq -e --arg name "$name" '.election == $name and .leader.value == "one" and .leader == .candidates[0]
    and (.candidates | map([.rank, .role, .value, .granted_ttl])) ==
      [[1, "leader", "one", 30], [2, "candidate", "two", 40]]
    and (.candidates | all(.ttl > 0 and .version == 1 and .create_revision == .mod_revision))
    and .revision > 0 and .raft_term > 0' "$BATS_TEST_TMPDIR/json"
}
