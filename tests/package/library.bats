#!/usr/bin/env bats
# The library as it is installed, used from outside the tree.
load ../cli/cluster

setup_file() {
  start_cluster
  export prefix=$BATS_FILE_TMPDIR/prefix
  cmake --install "$(dirname "$ELECTCTL")" --prefix "$prefix" >/dev/null
}
teardown_file() { stop_cluster; }

@test "library: find_package(elect), and the example of two candidates, in under 60 lines" {
  (($(wc -l <"$root/tests/example/two_candidates.cc") < 60))
  cp -r "$root/tests/example" "$BATS_TEST_TMPDIR/example" # Outside the tree.
  cmake -S "$BATS_TEST_TMPDIR/example" -B "$BATS_TEST_TMPDIR/build" -DCMAKE_PREFIX_PATH="$prefix"
  cmake --build "$BATS_TEST_TMPDIR/build"
  run -0 "$BATS_TEST_TMPDIR/build/two_candidates" "$ETCDCTL_ENDPOINTS"
  [[ $output == $'observed e1\ne1 leads: yes, e2 leads: no\nobserved e2\ne2 leads: yes' ]]
}

@test "library: each public header stands alone, and names neither grpc nor protobuf" {
  for header in "$prefix"/include/elect/*.h; do
    echo "#include \"elect/$(basename "$header")\"" | g++ -std=c++23 -fsyntax-only -Wall -Wextra -Werror -I "$prefix/include" -x c++ -
    run -1 grep -nE 'grpc[:/]|google::protobuf|etcdserverpb|mvccpb' "$header"
  done
}

@test "installed: program, man pages, completions and examples, and electctl version says the library's" {
  run -0 "$prefix/bin/electctl" version
  [[ ${lines[0]} == "electctl version: $(grep -o '"[0-9.]*"' "$prefix/include/elect/version.h" | tr -d '"')" ]]
  for file in share/man/man1/electctl.1 share/man/man1/electctl-campaign.1 share/bash-completion/completions/electctl \
    share/zsh/site-functions/_electctl share/fish/vendor_completions.d/electctl.fish \
    share/doc/electctl/examples/electctl-service.service share/doc/electctl/LICENSE; do
    [[ -s $prefix/$file ]]
  done
  [[ ! -e $prefix/share/lintian ]]  # That is the Debian package's.
}
