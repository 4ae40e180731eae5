#!/usr/bin/env bats
# NAMEs and VALUEs of any bytes: some look like options, some have a meaning for the parser.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

# shellcheck disable=SC2016  # For CMD's shell.
show='echo "$ELECTCTL_NAME $ELECTCTL_VALUE"'

@test "a NAME and a VALUE that begin with - stand behind --, and a second -- begins CMD" {
  run -0 electctl campaign -- -name -value -- sh -c "$show"
  [[ $output == "-name -value" ]]
  run -0 electctl campaign --ttl 5 -- --name -- sh -c "$show -- \"\$@\"" sh -- x
  [[ $output == "--name $(hostname) -- -- x" ]]
  run -0 electctl campaign -- name --value -- sh -c "$show"
  [[ $output == "name --value" ]]
  run -0 electctl campaign name value -- sh -c "$show"
  [[ $output == "name value" ]]
}

@test "a NAME that begins with -, for every subcommand" {
  name=-$(name_of_test)
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" campaign -- "$name" -v
  wait_for 10 grep -qx -e -v "$BATS_TEST_TMPDIR/holder"
  key=$(electctl leader --keys-only -- "$name" | head -1)
  [[ $key == "$name/"* ]]
  [[ $(electctl leader --print-value-only -- "$name") == -v ]]
  [[ $(electctl leader --wait 5s --print-value-only -- "$name") == -v ]]
  [[ $(electctl leader --print-value-only --wait -- "$name") == -v ]]
  [[ $(electctl observe --count 1 -- "$name") == "$key"$'\n'-v ]]
  [[ $(electctl observe --count 1 -- "$name" -- sh -c 'echo "$ELECTCTL_KEY"') == "$key" ]]
  electctl proclaim --key "$key" -- "$name" -w
  [[ $(electctl inspect -w simple -- "$name") == "$key"$'\n'-w ]]
  start "$BATS_TEST_TMPDIR/elect" "$ELECTCTL" elect -- "$name" -x
  wait_for 10 eval '(($(electctl inspect -w simple -- "$name" | wc -l) == 4))'
  electctl resign --leader -- "$name"
  ended "${started[0]}" 12
  wait_for 10 grep -qx -e -x "$BATS_TEST_TMPDIR/elect"
}

@test "inspect --etcdctl of a NAME that begins with -: in each form, commands that run as printed" {
  name=-$(name_of_test " it's")
  revision=$(etcdctl put -w json -- "$name/1" one | jq .header.revision)
  for form in '' "--rev $revision" --verify --watch --history; do
    # shellcheck disable=SC2086
    electctl inspect --etcdctl $form -- "$name" >"$BATS_TEST_TMPDIR/commands"
    grep -e ' get ' -e ' elect ' -e ' watch ' "$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/asking"
    while read -r command; do
      start "$BATS_TEST_TMPDIR/shown" env PATH="$(dirname "$ETCDCTL"):$PATH" bash -c "exec $command"
      # Puts the key again and again: a watch shows only later changes.
      shows_it() { etcdctl put -- "$name/1" one >/dev/null && grep -qF -e "$name/1" "$BATS_TEST_TMPDIR/shown"; }
      wait_for 10 shows_it
      kill "${started[-1]}" 2>/dev/null || true
    done <"$BATS_TEST_TMPDIR/asking"
  done
}

@test "what the parser has a use for is a NAME or VALUE all the same" {
  for word in ++ '[a]' '[a,b]' '{}' '%%' -1 leader a=b "''" '"x"' '#'; do
    run -0 electctl campaign "$word" v -- sh -c 'echo "$ELECTCTL_NAME"'
    [[ $output == "$word" ]]
    run -0 electctl campaign "$word" -- sh -c 'echo "$ELECTCTL_NAME"'
    [[ $output == "$word" ]]
    run -0 electctl campaign "n$BATS_TEST_NUMBER" "$word" -- sh -c 'echo "$ELECTCTL_VALUE"'
    [[ $output == "$word" ]]
    etcdctl put -- "$word/1" v >/dev/null
    for waits in '' --wait '--wait 5s'; do
      # shellcheck disable=SC2086
      run -0 electctl leader $waits "$word"
      [[ $output == "$word/1"$'\nv' ]]
      # shellcheck disable=SC2086
      run -0 electctl leader "$word" $waits
      [[ $output == "$word/1"$'\nv' ]]
    done
  done
}
