#!/usr/bin/env bats
# scripts/demo: it shows what it promises, and leaves nothing behind.
load cluster

@test "demo: the job moves from alpha to beta to gamma, and nothing is left" {
  run -0 --separate-stderr env -i PATH="$PATH" ELECTCTL="$ELECTCTL" TMPDIR="$BATS_TEST_TMPDIR" \
    "$root/scripts/sandbox" -- "$root/scripts/demo" --inside
  [[ -z $stderr ]]
  for line in "the job runs on alpha, " "the job runs on beta, " "the job runs on gamma, " "(no difference in 6 lines: " "alpha  ####"; do
    grep -q "^$line" <<<"$output"
  done
  [[ $(sed -n 's/^(exit code \(.*\))$/\1/p' <<<"$output" | tr '\n' ' ') == "10 0 0 11 11 0 0 0 0 " ]]
  [[ -z $(find "$BATS_TEST_TMPDIR" -name 'electctl-sandbox*') ]]
  run -1 pgrep -f "$BATS_TEST_TMPDIR/electctl-sandbox"
}
