#!/usr/bin/env bats
# scripts/captures: it writes the captures again, and each fits into its width.
load cluster

@test "captures: listing, history and watch at 80 and 200 columns, made from a cluster of their own" {
  export LC_ALL=C.UTF-8
  run -0 --separate-stderr env ELECTCTL="$ELECTCTL" TMPDIR="$BATS_TEST_TMPDIR" "$root/scripts/captures" "$BATS_TEST_TMPDIR/captures"
  [[ -z $output && -z $stderr ]]
  cd "$BATS_TEST_TMPDIR/captures"
  # The files in tests/captures have the same names.
  diff <(ls) <(ls "$root/tests/captures")
  for columns in 80 200; do
    for file in *-"$columns.txt"; do (($(wc -L <"$file") <= columns)); done
    grep -qE '^2  next +db-3\.example\.net ' "list-$columns.txt"
    grep -qE '^db-4\.example\.net +░+█+' "history-$columns.txt"
    grep -q '^db-2.example.net leads since before .* UTC, when this watch began' "watch-$columns.txt"
  done
  grep -q '^not elected within 1s: db-2.example.net leads' waiting.txt
  grep -q "did you mean 'backup'?" waiting.txt
  run -1 grep -l $'[\r\e]' ./*
}
