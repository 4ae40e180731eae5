#!/usr/bin/env bats
# scripts/setup, with fake package tools that only record how they are called.
load cluster

setup() {
  mkdir "$BATS_TEST_TMPDIR/bin"
  calls=$BATS_TEST_TMPDIR/calls
  printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
  cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<END
#!/bin/sh
echo "\$*" >>'$calls'
echo "0 upgraded, 95 newly installed, 0 to remove and 0 not upgraded."
echo "Need to get 121 MB of archives."
echo "After this operation, 500 MB of additional disk space will be used."
END
  printf '#!/bin/sh\n[ "$1" = -v ] || [ "$1" = -n ] || exec "$@"\n' >"$BATS_TEST_TMPDIR/bin/sudo"
  chmod +x "$BATS_TEST_TMPDIR/bin"/*
}

@test "setup: says how many packages and how large before it installs them; asking for that installs nothing" {
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 "$root/scripts/setup" build
  [[ $output == *"installing 95 packages, 121 MB to fetch, 500 MB on the disk, for: g++ "* ]]
  [[ $(wc -l <"$calls") == 3 ]]
  grep -q ' update$' <(sed -n 1p "$calls")
  grep -qE -- '--assume-no install' <(sed -n 2p "$calls")
  run -1 grep -E -- ' -y|--yes|--assume-yes' <(sed -n 2p "$calls")
  grep -qE -- '-y install --no-install-recommends .*g\+\+' <(sed -n 3p "$calls")
}

@test "setup: nothing is called where all is there" {
  printf '#!/bin/sh\necho installed\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 "$root/scripts/setup" lint
  [[ -z $output && ! -e $calls ]]
}

@test "setup: without rights the command for root is said, and nothing is tried" {
  rm "$BATS_TEST_TMPDIR/bin/sudo"
  # Whichever user runs this test: a shell that believes that it is an ordinary user's, and finds no sudo.
  tools=$BATS_TEST_TMPDIR/bin
  for tool in bash env dirname sed; do ln -s "$(command -v "$tool")" "$tools/$tool"; done
  sed 's/((EUID != 0))/true/' "$root/scripts/setup" >"$BATS_TEST_TMPDIR/setup"
  run -1 env PATH="$tools" bash "$BATS_TEST_TMPDIR/setup" build
  [[ $output == "Error: "*"as root, run: apt-get update && apt-get install -y --no-install-recommends g++ "* && ${#lines[@]} == 1 ]]
  [[ ! -e $calls ]]
}
