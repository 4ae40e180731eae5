#!/usr/bin/env bats
# The Debian package: it passes lintian, and it works in bare roots where nothing was built.
load ../cli/cluster

setup_file() {
  start_cluster
  export packages=$BATS_FILE_TMPDIR/packages
  mkdir "$packages"
  (cd "$(dirname "$ELECTCTL")" && cpack -G DEB -B "$packages" >"$packages/log" 2>&1) || { cat "$packages/log" >&2; return 1; }
}
teardown_file() { stop_cluster; }

@test "deb: lintian finds nothing" {
  run -0 lintian --allow-root --fail-on error,warning "$packages"/electctl_*.deb
}

@test "deb: depends on nothing" {
  grep -q '^ELECT_STATIC:BOOL=ON' "$(dirname "$ELECTCTL")/CMakeCache.txt" || skip "this build is linked with shared libraries"
  [[ -z $(dpkg-deb --field "$packages"/electctl_*.deb Depends) ]]
}

@test "deb: holds program, man pages, completions, examples, library and headers" {
  dpkg-deb --contents "$packages"/electctl_*.deb >"$BATS_TEST_TMPDIR/contents"
  for file in bin/electctl share/man/man1/electctl-observe.1.gz share/bash-completion/completions/electctl \
    share/zsh/vendor-completions/_electctl share/fish/vendor_completions.d/electctl.fish share/lintian/overrides/electctl include/elect/election.h \
    libelect.a elect-config.cmake share/doc/electctl/copyright share/doc/electctl/changelog.gz share/doc/electctl/changelog.Debian.gz examples/electctl-job.timer; do
    grep -q "/$file\$" "$BATS_TEST_TMPDIR/contents"
  done
}

# lives_in SUITE: whether the package installs alone in a bare root of that suite, and campaigns there. To make such a root
# needs root's rights, and a mirror that answers.
lives_in() {
  local rootfs=$BATS_TEST_TMPDIR/root
  ((EUID == 0)) || skip "a bare root takes root's rights"
  run timeout 300 "$root/scripts/bare-root" make "$1" "$rootfs"
  ((status == 0)) || skip "$output"
  cp "$packages"/electctl_*.deb "$rootfs/electctl.deb"
  run -0 "$root/scripts/bare-root" run "$rootfs" root dpkg --install /electctl.deb
  run -0 "$root/scripts/bare-root" run "$rootfs" root electctl version
  run -0 "$root/scripts/bare-root" run "$rootfs" root electctl --endpoints "$ETCDCTL_ENDPOINTS" campaign "$1" v -- echo ran
  [[ $output == ran ]]
}

@test "deb: lives in a bare bullseye" { lives_in bullseye; }
@test "deb: lives in a bare bookworm" { lives_in bookworm; }
@test "deb: lives in a bare trixie" { lives_in trixie; }
