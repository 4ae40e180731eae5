#!/usr/bin/env bats
# etcd is restored from a snapshot, behind the same endpoint: its revision is a smaller one, and who led when the snapshot
# was taken leads again.
load linked

teardown() {
  end_started
  heal 1
}

save() {
  etcdctl snapshot save "$BATS_TEST_TMPDIR/snapshot"
  # So that the store before the restore is at a greater revision.
  for i in {1..20}; do etcdctl put "$name-other" "$i" >/dev/null; done
}
is_dead() { [[ ! -e /proc/$1/exe ]]; } # It may still wait to be reaped.
restore() {
  local peer
  peer=$(grep -o 'initial-advertise-peer-urls [^ ]*' "$SANDBOX_DIR/member-1.start" | cut -d ' ' -f 2)
  kill_member 1
  wait_for 10 is_dead "$(member 1)"
  rm -rf "$SANDBOX_DIR/member-1.data"
  etcdctl snapshot restore "$BATS_TEST_TMPDIR/snapshot" --name member-1 --data-dir "$SANDBOX_DIR/member-1.data" \
    --initial-cluster "member-1=$peer" --initial-advertise-peer-urls "$peer"
  restart 1
}
lead_as() {
  start "$BATS_TEST_TMPDIR/$1" "$ELECTCTL" campaign "$name" "$1" --ttl 60s "${@:2}"
}

@test "restored: a leader that is not the first any more ends its CMD and says why" {
  electctl campaign "$name" earlier --try --session "$BATS_TEST_TMPDIR/session" --ttl 60s
  lead_as later -- sleep 60
  later=$!
  wait_for 10 stands "$name" 2
  save
  electctl resign "$name" --leader
  wait_for 10 leads "$name" later
  restore
  ended "$later" 12
  [[ $(<"$BATS_TEST_TMPDIR/later.err") == *"Error: leadership of '$name' lost: key $name/"*" is in front of it now: etcd was restored from a snapshot; CMD was ended"* ]]
  leads "$name" earlier
}

last_seen() { [[ $(tail -n 1 "$BATS_TEST_TMPDIR/observed" | jq -r '.event + " " + .value') == "$1 $2" ]]; }

@test "restored: observe says that there is a gap, and prints each later change" {
  lead_as one
  one=$!
  wait_for 10 leads "$name" one
  save
  start "$BATS_TEST_TMPDIR/observed" "$ELECTCTL" observe "$name" -w json
  wait_for 10 last_seen elected one
  kill "$one"
  ended "$one" 0
  wait_for 10 last_seen vacant one
  restore
  wait_for 20 last_seen elected one
  [[ $(jq -r .event "$BATS_TEST_TMPDIR/observed" | paste -sd ' ') == "elected vacant gap elected" ]]
  etcdctl del "$name/" --prefix
  wait_for 10 last_seen vacant one
  lead_as two
  wait_for 10 last_seen elected two
}
