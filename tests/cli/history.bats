#!/usr/bin/env bats
# inspect --history: every term that the store still has. No other test writes to this store, so revisions can be counted.
load cluster

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
teardown() { end_started; }

put() { etcdctl put "$1/$2" "$3" >/dev/null; }
drop() { etcdctl del "$1/$2" >/dev/null; }
revision() { electctl inspect nobody -w json | jq .revision; }
terms() { electctl inspect "$@" --history -w json | jq -c '.terms | map([.value, .create_revision, .first_revision, .last_revision])'; }

@test "inspect --history: leader, fencing token, the revision that made it leader and the one that ended it" {
  name=$(name_of_test)
  base=$(revision)
  put "$name" 1 one   # base + 1
  put "$name" 2 two   # base + 2
  put other 9 x       # Not of this election.
  drop "$name" 1      # base + 4
  put "$name" 2 two-b # base + 5
  drop "$name" 2      # base + 6: a vacancy
  put "$name" 3 three # base + 7
  [[ $(terms "$name") == "[[\"one\",$((base + 1)),$((base + 1)),$((base + 4))],[\"two-b\",$((base + 2)),$((base + 4)),$((base + 6))],[\"three\",$((base + 7)),$((base + 7)),null]]" ]]
  electctl inspect "$name" --history -w json | jq -e --arg name "$name" '.election == $name and .oldest_revision == 1
    and .revision > 0 and (.terms[0] | keys_unsorted) == ["key","value","lease","create_revision","first_revision","last_revision"]'
  # leader --rev prints the same leader at each revision.
  for ((at = base + 1; at <= base + 7; at++)); do
    expected=$(electctl inspect "$name" --history -w json | jq -r --argjson at "$at" \
      '.terms[] | select(.first_revision <= $at and (.last_revision == null or .last_revision > $at)) | .key')
    [[ $(electctl leader "$name" --rev "$at" --keys-only | head -n1) == "$expected" ]]
  done
}

@test "inspect --history: nobody ever stood: exit 10" {
  run -10 electctl inspect "$(name_of_test)" --history -w json
  [[ $(jq -c .terms <<<"$output") == '[]' ]]
}

@test "inspect --history: where no endpoint can be reached it ends after --dial-timeout, exit 2" {
  for form in --history '--history --from 1' '--history --runs'; do
    # shellcheck disable=SC2086
    run -2 /usr/bin/time -q -f %e -o "$BATS_TEST_TMPDIR/used" "$ELECTCTL" --endpoints 127.0.0.1:1 --dial-timeout 200ms \
      --command-timeout 20s inspect job $form
    [[ $output == "Error: no endpoint could be reached within 200ms: connection refused; "* ]]
    awk '{ exit !($1 < 5) }' "$BATS_TEST_TMPDIR/used"
  done
}

@test "inspect --history: thousands of revisions, more than a server sends at once, are all read" {
  for count in 999 1000 1001 2500; do
    name=$(name_of_test "-$count")
    put "$name" 1 0
    write_revisions "$name" "$count"
    [[ $(terms "$name" | jq -c 'map([.[0], .[3]])') == "[[\"$count\",null]]" ]]
    drop "$name" 1
    [[ $(terms "$name" | jq -c 'map(.[0])') == "[\"$count\"]" ]]
    [[ $(terms "$name" | jq -c '.[0][3]') == "$(revision)" ]]
  done
}

# write_revisions NAME COUNT: changes the value of NAME's candidate 1 so many times. Each change is a revision. Uses etcd's
# JSON gateway with one connection.
write_revisions() {
  local i key
  key=$(printf '%s/1' "$1" | base64 -w0)
  for ((i = 1; i <= $2; i++)); do
    ((i == 1)) || echo next
    printf 'url = "%s/v3/kv/put"\ndata = "{\\"key\\":\\"%s\\",\\"value\\":\\"%s\\"}"\n' "$ETCDCTL_ENDPOINTS" "$key" \
      "$(printf %s "$i" | base64 -w0)"
  done >"$BATS_TEST_TMPDIR/curl"
  curl -sf -K "$BATS_TEST_TMPDIR/curl" >/dev/null
}

@test "inspect --history --from: begins there; a compacted and a future revision are refused with the reason" {
  name=$(name_of_test)
  put "$name" 1 one
  from=$(revision)
  put "$name" 2 two
  drop "$name" 1
  now=$(revision)
  [[ $(terms "$name" --from "$now" | jq -c 'map([.[0], .[2]])') == "[[\"two\",$now]]" ]]
  [[ $(terms "$name" --from "$from" | jq -c 'map(.[0])') == '["one","two"]' ]]
  run -1 electctl inspect "$name" --history --from $((now + 1000))
  [[ $output == "Error: revision "*" does not exist yet (the store is at "* ]]
  etcdctl compaction "$now"
  run -1 electctl inspect "$name" --history --from "$from"
  [[ $output == "Error: revision $from has been compacted; the oldest one left is $now"* ]]
}

@test "inspect --history: how far back the store reaches is said, and what stood before begins there" {
  name=$(name_of_test)
  put "$name" 1 one
  put "$name" 2 two
  now=$(revision)
  etcdctl compaction "$now"
  drop "$name" 1
  electctl inspect "$name" --history -w json >"$BATS_TEST_TMPDIR/json"
  [[ $(jq .oldest_revision "$BATS_TEST_TMPDIR/json") == "$now" ]]
  [[ $(jq -c '.terms | map([.value, .first_revision])' "$BATS_TEST_TMPDIR/json") == "[[\"one\",$now],[\"two\",$((now + 1))]]" ]]
  run -0 electctl inspect "$name" --history -w table
  [[ ${lines[0]} == *"reaches back to revision $now"* ]]
  run -0 --separate-stderr electctl inspect "$name" --history -w simple
  [[ $output == "$name/1"$'\n'one$'\n'"$name/2"$'\n'two ]]
  [[ $stderr == *"reaches back to revision $now" ]]
}

@test "inspect --history: on a terminal also a timeline, legible at 80 columns" {
  name=$(name_of_test)
  put "$name" 1 host-one
  put "$name" 2 host-two
  drop "$name" 1
  LC_ALL=C.UTF-8 TERM=xterm NO_COLOR=1 script -qec "stty cols 80; '$ELECTCTL' inspect '$name' --history" \
    "$BATS_TEST_TMPDIR/screen" >/dev/null </dev/null 3>&-
  # In parentheses: in the POSIX locale grep reads each byte as a character.
  grep -qE '^host-one +█' "$BATS_TEST_TMPDIR/screen"
  grep -qE '^host-two +(░)*█' "$BATS_TEST_TMPDIR/screen"
  run -1 grep -c $'\x1b' "$BATS_TEST_TMPDIR/screen"
  run -0 electctl inspect "$name" --history
  [[ $output != *█* ]]
}

@test "inspect --history: the timeline fits on the screen, with the leader and the head of a long queue" {
  name=$(name_of_test)
  for ((i = 1; i <= 30; i++)); do put "$name" "$i" "host-$i."; done
  LC_ALL=C.UTF-8 TERM=xterm NO_COLOR=1 script -qec "stty cols 80 rows 24; '$ELECTCTL' inspect '$name' --history" \
    "$BATS_TEST_TMPDIR/screen" >/dev/null </dev/null 3>&-
  grep -v '^Script' "$BATS_TEST_TMPDIR/screen" | tail -n 23 >"$BATS_TEST_TMPDIR/last"
  grep -qE '^host-1\. +█' "$BATS_TEST_TMPDIR/last"
  grep -qE '^host-2\. +(░)+' "$BATS_TEST_TMPDIR/last"
  grep -q '^Each step is a revision, not a time' "$BATS_TEST_TMPDIR/last"
  grep -q '^the newest 16 of 30 candidates' "$BATS_TEST_TMPDIR/last"
}
