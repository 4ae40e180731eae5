#!/usr/bin/env bats
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

# two_candidates [SUFFIX [OPTION...]]: "one" leads, and "two" waits. "two" gets the options.
two_candidates() {
  name=$(name_of_test "${1-}")
  start "$BATS_TEST_TMPDIR/one" "$ELECTCTL" campaign "$name" one
  one=$!
  wait_for 10 stands "$name" 1
  start "$BATS_TEST_TMPDIR/two" "$ELECTCTL" campaign "$name" two "${@:2}"
  two=$!
  wait_for 10 stands "$name" 2
}
field() { electctl inspect "$name" -w json | jq -r ".candidates[$1].$2"; }

@test "resign: by each selector, prints what was ended, and the holder stops with exit 12" {
  for selector in --leader '--value one' --lease --key; do
    two_candidates "$selector"
    key=$(field 0 key)
    case $selector in
      --lease) selector="--lease $(field 0 lease)" ;;
      --key) selector="--key"; set -- "$key" ;;
    esac
    # shellcheck disable=SC2086
    run -0 electctl resign "$name" $selector "$@"
    set --
    [[ $output == "$key"$'\none' ]]
    ended "$one" 12
    # Waits until the process itself knows that it leads. Before that, a signal would end it as a waiting candidate.
    wait_for 10 grep -qx two "$BATS_TEST_TMPDIR/two"
    kill -INT "$two"
    ended "$two" 0
  done
}

@test "resign --revoke: ends the whole lease" {
  two_candidates
  lease=$(field 0 lease)
  run -0 electctl resign "$name" --leader --revoke
  ended "$one" 12
  etcdctl lease timetolive "$lease" | grep -q "already expired"
}

@test "resign: nothing there: exit 10; more than one match: exit 128, listing them" {
  two_candidates
  run -10 electctl resign "$name" --value three
  run -10 electctl resign "$name" --lease abc
  run -10 electctl resign "$(name_of_test -none)" --leader
  start "$BATS_TEST_TMPDIR/twin" "$ELECTCTL" campaign "$name" two
  wait_for 10 stands "$name" 3
  run -128 electctl resign "$name" --value two
  [[ $output == "Error: 2 candidates match"*"$(field 1 key)"*"$(field 2 key)"* ]]
  stands "$name" 3
}

@test "resign, proclaim: the message names what no candidate has, and the candidate that has a KEY as its value" {
  two_candidates
  none() {
    local text=$1
    shift
    run -10 --separate-stderr electctl "$@"
    [[ $stderr == "Error: no candidate of election '$name' $text" ]]
  }
  none "has the key 'two'; it is the value of the one with --key $(field 1 key)" resign "$name" --key two
  none "has the key 'two'; it is the value of the one with --key $(field 1 key)" proclaim "$name" v --key two
  none "has the value 'three'" resign "$name" --value three
  none "has lease 123" resign "$name" --lease 123
  none "leads with create revision 1" resign "$name" --leader --rev 1
  cd "$BATS_TEST_TMPDIR"
  electctl campaign "$name" me --try --session file || [[ $? == 11 ]]
  etcdctl lease revoke "$(jq -r .lease file)"
  none "is that of the session in 'file'" resign "$name" --session file
}

@test "resign --rev: demands that create revision" {
  two_candidates
  revision=$(field 0 create_revision)
  run -10 electctl resign "$name" --leader --rev "$((revision + 1))"
  stands "$name" 2
  run -0 electctl resign "$name" --leader --rev "$revision"
  ended "$one" 12
}

@test "proclaim: changes the value of a leader or candidate, in its place" {
  two_candidates
  revision=$(field 0 create_revision)
  run -0 electctl proclaim "$name" new --key "$(field 0 key)"
  run -0 electctl proclaim "$name" - --lease "$(field 1 lease)" <<<waiting
  [[ $(field 0 value) == new && $(field 0 create_revision) == "$revision" && $(field 0 lease) != 0 ]]
  [[ $(field 1 value) == waiting ]]
  run -10 electctl proclaim "$name" new --lease abc
}

@test "resign -w json: says which place the candidate had, and its lease" {
  two_candidates '' --ttl 30
  run -0 electctl resign "$name" --value two -w json
  [[ $(jq -c '[.rank, .role, .granted_ttl]' <<<"$output") == '[2,"candidate",30]' ]]
}

@test "resign: a selector given twice is refused" {
  run -128 electctl resign "$(name_of_test)" --key a --key b
}
