#!/usr/bin/env bats
# When renewals are late or not answered: from when the lease's time counts, and what happens when it is over.
load proxied

now() { echo "${EPOCHREALTIME/[.,]/}"; } # In microseconds.

# CMDs that record when they began and when they got SIGTERM. The first one ignores it, and records how long it lives.
noting='now() { echo "${EPOCHREALTIME/[.,]/}" >>"$0.$1"; }; now begun; '
stubborn_cmd="$noting"'trap "now term" TERM; while :; do now alive; sleep 0.01; done'
heeding_cmd="$noting"'trap "now term; exit" TERM; while :; do sleep 0.01; done'
noted() { tail -n 1 "$BATS_TEST_TMPDIR/cmd.$1"; }
# hold TTL CMD: starts a holder. Its process ID is $holder.
hold() {
  start "$BATS_TEST_TMPDIR/holder" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl "$1" -- bash -c "$2" "$BATS_TEST_TMPDIR/cmd"
  holder=$!
}

@test "renewals are not answered: CMD gets SIGTERM at 2/3 of the TTL, and SIGKILL at 9/10" {
  plan "always LeaseKeepAlive 1 1 before silence"
  before=$(now)
  hold 6s "$stubborn_cmd"
  ended "$holder" 12
  begun=$(noted begun) term=$(noted term) alive=$(noted alive)
  echo "begun $((begun - before)) us after the start; SIGTERM $((term - begun)) us later, alive until $((alive - begun))"
  # The lease was granted between `before` and `begun`. 9/10 of the TTL are 5.4 s, the whole TTL is 6 s.
  ((term - before >= 4000000 && term - begun < 4700000))
  ((alive - before >= 5000000 && alive - begun < 5700000))
}

@test "a lease's time counts from when it was asked for, not from the answer: CMD is not run where 2/3 of it are over" {
  plan "once LeaseGrant 1 1 after hold 2300" "always LeaseKeepAlive 1 1 before silence"
  run -12 --separate-stderr electctl --endpoints "$address" campaign "$name" v --ttl 3s -- echo ran
  [[ -z $output && $stderr == "Error: leadership "* ]]
}

@test "a renewal's time counts from when it was sent, not from the answer" {
  plan "once LeaseKeepAlive 1 1 after hold 700" "always LeaseKeepAlive 2 1 before silence"
  hold 5s "$heeding_cmd"
  wait_for 10 did "called LeaseKeepAlive 1"
  called=$(now)
  ended "$holder" 12
  echo "SIGTERM $(($(noted term) - called)) us after the renewal"
  (($(noted term) - called < 3333333 + 350000))
}

@test "a lease that was granted late is renewed before 2/3 of its time are over: CMD is not disturbed" {
  plan "once LeaseGrant 1 1 after hold 1400"
  run -0 electctl --endpoints "$address" campaign "$name" v --ttl 3s -- bash -c 'sleep 1; echo whole'
  [[ $output == whole ]]
}

@test "a lease is renewed every third of its time" {
  start "$BATS_TEST_TMPDIR/out" "$ELECTCTL" --endpoints "$address" campaign "$name" v --ttl 2s
  holder=$!
  # The fifth renewal comes when the first one would have expired.
  wait_for 10 did "answered LeaseKeepAlive 5 1"
  leads "$name" v
  kill -INT "$holder"
  ended "$holder" 0
}

@test "a session that lives is not replaced because its renewal failed" {
  file=$BATS_TEST_TMPDIR/session
  run -0 electctl campaign "$name" v --session "$file" --try --ttl 60
  before=$(<"$file")
  plan "always LeaseKeepAlive 1 1 before status 2 something odd"
  run -1 --separate-stderr electctl --endpoints "$address" campaign "$name" v --session "$file" --try --ttl 60
  [[ $stderr == "Error: "*"something odd (endpoint $address)" ]]
  [[ $(<"$file") == "$before" ]]
  stands "$name" 1
}

@test "a grant whose answer is lost is the candidate's all the same" {
  plan "once LeaseGrant 1 1 after cut"
  run -0 --separate-stderr electctl --endpoints "$address" campaign "$name" v --ttl 60s -- echo ran
  [[ $output == ran && -z $stderr ]]
  run -10 electctl inspect "$name"
}

# Holds with a TTL of 3 s. CMD gets SIGTERM after 2/3 of it, 2 s, and leadership is lost.
ends_at_two_thirds() {
  local before begun term
  before=$(now)
  hold 3s "$heeding_cmd"
  ended "$holder" 12
  begun=$(noted begun) term=$(noted term)
  echo "SIGTERM $((term - before)) us after the start"
  ((term - before >= 2000000 && term - begun < 2500000))
}

# Prints a number as protobuf writes it.
varint() {
  local number=$1
  for (( ; number > 127; number >>= 7)); do printf %02x $((number & 127 | 128)); done
  printf %02x "$number"
}
raft_term() { electctl inspect "$name" -w json | jq .raft_term; }
# deposed CALL [SCOPE]: for a plan: the answer to this renewal comes from a raft term that is over. With SCOPE always: to
# each renewal from it on.
deposed() {
  local term
  term=$(raft_term)
  echo "${2-once} LeaseKeepAlive $1 1 after alter 20$(varint "$term") 20$(varint $((term - 1)))"
}

@test "renewals that a deposed raft leader answers do not count: CMD gets SIGTERM at 2/3 of the TTL" {
  plan "$(deposed 1 always)"
  ends_at_two_thirds
  did "fault LeaseKeepAlive 3"
}

@test "where a deposed raft leader answered one renewal, the next one counts: CMD is not disturbed" {
  plan "$(deposed 1)"
  run -0 electctl --endpoints "$address" campaign "$name" v --ttl 3s -- bash -c 'sleep 4; echo whole'
  [[ $output == whole ]]
  did "fault LeaseKeepAlive 1"
}

@test "a renewal that no majority confirms does not count: CMD gets SIGTERM at 2/3 of the TTL" {
  # The leader answers renewals from its memory. Reads are silent, as without a majority.
  plan "always Range 1 1 before silence"
  ends_at_two_thirds
  did "answered LeaseKeepAlive 1 1"
}

# lease_gone RENEWAL: for a plan: the answer to this renewal of $lease says that it does not exist, and comes from a raft
# term that is over. The fields are 4, the term, in the header; 2, the lease, and 3, its TTL of 3 s.
lease_gone() {
  local term fields
  term=$(raft_term)
  fields=10$(varint $((16#$lease)))18
  printf 'once LeaseKeepAlive %s 1 after alter %s %s' "$1" "20$(varint "$term")${fields}03" "20$(varint $((term - 1)))${fields}00"
}

@test "where a deposed raft leader says that the lease is gone it is not believed: CMD is not disturbed" {
  lease=$(grant 3)
  plan "$(lease_gone 2)"
  run -0 electctl --endpoints "$address" campaign "$name" v --lease "$lease" -- bash -c 'sleep 4; echo whole'
  [[ $output == whole ]]
  did "fault LeaseKeepAlive 2"
}

@test "where a deposed raft leader says that the lease of --lease does not exist it is not believed: the candidate stands" {
  lease=$(grant 3)
  plan "$(lease_gone 1)"
  run -0 electctl --endpoints "$address" campaign "$name" v --lease "$lease" -- echo ran
  [[ $output == ran ]]
  did "fault LeaseKeepAlive 1"
}
