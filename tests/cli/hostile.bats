#!/usr/bin/env bats
# Anybody may have written what is in the store. electctl shows it safely in every format, hides nothing, and never crashes.
load cluster

setup_file() {
  start_cluster
  export NAME=hostile
  local i=0 value
  # Control characters, characters that change the direction of writing, broken UTF-8, an empty value, 1.4 MB, bytes with a
# NUL.
  for value in $'\x1b[2J\x1b]0;title\x07' $'\r\n\t\b' $'\xe2\x80\xae' $'\xff\xfe\x80' $'\xc2\x9b31m' ''; do
    etcdctl put "$NAME/$((++i))" "$value" >/dev/null
  done
  printf 'a\0b' | etcdctl put "$NAME/nul" >/dev/null
  head -c 1400000 /dev/zero | tr '\0' x | etcdctl put "$NAME/large" >/dev/null
  # Keys that electctl itself never writes.
  etcdctl put "$NAME/" 'at the prefix' >/dev/null
  etcdctl put "$NAME/deeper/and/deeper" x >/dev/null
  etcdctl put "$NAME/"$'\x1b[31m\xff\n' x >/dev/null
  etcdctl put "$NAME//" x >/dev/null
  local id
  id=$(etcdctl lease grant 600 | awk '{print $2}')
  etcdctl put --lease="$id" "$NAME/foreign" x >/dev/null
}
teardown_file() { stop_cluster; }
teardown() { end_started; }

ALL=13
# harmless: whether the output is UTF-8 without control characters (except newlines) and without changes of direction.
harmless() {
  if LC_ALL=C grep -n $'[\x01-\x09\x0b-\x1f\x7f]' "$1"; then return 1; fi
  iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
  if grep -nP '[\x{80}-\x{9f}\x{202e}]' "$1"; then return 1; fi
}

@test "hostile content: simple and fields as etcdctl, byte for byte" {
  for options in '-w simple' '-w fields' '-w simple --hex'; do
    # shellcheck disable=SC2086
    diff <(electctl inspect $NAME $options) <(etcdctl get $NAME/ --prefix --sort-by=CREATE --order=ASCEND $options)
  done
}

@test "hostile content: table, verify, history and prometheus show all of it and nothing that drives a terminal" {
  export LC_ALL=C.UTF-8
  for form in "$NAME -w table" "$NAME --verify" "$NAME --history -w table" "$NAME -w prometheus" '--all host -w table' \
    '--all host -w prometheus'; do
    # shellcheck disable=SC2086
    electctl inspect $form >"$BATS_TEST_TMPDIR/out" || (($? == 13))
    harmless "$BATS_TEST_TMPDIR/out"
  done
  [[ $(electctl inspect "$NAME" -w table | tail -n +2 | wc -l) == "$ALL" ]]
}

@test "hostile content: on a terminal also simple, leader and observe are harmless" {
  export LC_ALL=C.UTF-8
  for command in "inspect $NAME -w simple" "leader $NAME" "observe $NAME --rev 2 --timeout 300ms"; do
    script -qec "'$ELECTCTL' $command" /dev/null </dev/null 3>&- | tr -d '\r' >"$BATS_TEST_TMPDIR/out"
    [[ -s $BATS_TEST_TMPDIR/out ]]
    harmless "$BATS_TEST_TMPDIR/out"
  done
}

# bytes_of FILE: prints the keys and values in this JSON as the bytes that they were.
bytes_of() {
  /usr/bin/python3 - "$1" <<'EOF'
import base64, json, sys
for c in json.load(open(sys.argv[1]))["candidates"]:
    for name in ("key", "value"):
        raw = c[name].encode() if name in c else base64.b64decode(c[name + "_base64"])
        sys.stdout.buffer.write(raw + b"\n")
EOF
}

@test "hostile content: JSON is JSON, and gives every byte back" {
  electctl inspect "$NAME" -w json >"$BATS_TEST_TMPDIR/json"
  [[ $(jq '.candidates | length' "$BATS_TEST_TMPDIR/json") == "$ALL" ]]
  diff <(bytes_of "$BATS_TEST_TMPDIR/json") <(etcdctl get "$NAME/" --prefix --sort-by=CREATE --order=ASCEND)
  for command in "leader $NAME" "observe $NAME --count 1" "inspect $NAME --history" "inspect $NAME --verify" "inspect --all $NAME"; do
    # shellcheck disable=SC2086
    { electctl $command -w json || true; } | jq -e . >/dev/null
  done
}

@test "hostile content: 1.4 MB and a NUL go through campaign, from standard input, and leader gives them back" {
  name=$(name_of_test)
  { head -c 1400000 /dev/urandom; printf '\0\n\0'; } >"$BATS_TEST_TMPDIR/value"
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" campaign "$name" - <"$BATS_TEST_TMPDIR/value"
  wait_for 10 stands "$name" 1
  cmp <(electctl leader "$name" --print-value-only) <(cat "$BATS_TEST_TMPDIR/value"; echo)
  electctl observe "$name" --count 1 -w json | jq -r .value_base64 | base64 -d | cmp - "$BATS_TEST_TMPDIR/value"
}

@test "hostile content: JSON drives no terminal either" {
  name=$(name_of_test)
  "$ETCDCTL" put "$name/1" $'\xc2\x9b31mred\xe2\x80\xae\x7f'
  for command in "leader $name" "inspect $name" "observe $name --count 1" "inspect $name --history"; do
    # shellcheck disable=SC2086
    electctl $command -w json >"$BATS_TEST_TMPDIR/json"
    run -1 grep -qP '[^\x20-\x7e]' "$BATS_TEST_TMPDIR/json"
  done
  [[ $(electctl leader "$name" -w json | jq -r .value) == $'\xc2\x9b31mred\xe2\x80\xae\x7f' ]]
}
