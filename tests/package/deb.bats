#!/usr/bin/env bats
# The Debian package: lintian, and a life in bare roots where nothing was built.
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

@test "deb: holds program, man pages, completions, examples, library and headers" {
  dpkg-deb --contents "$packages"/electctl_*.deb >"$BATS_TEST_TMPDIR/contents"
  for file in bin/electctl share/man/man1/electctl-observe.1.gz share/bash-completion/completions/electctl include/elect/election.h \
    libelect.a elect-config.cmake share/doc/electctl/copyright share/doc/electctl/changelog.gz share/doc/electctl/changelog.Debian.gz examples/electctl-job.timer; do
    grep -q "/$file\$" "$BATS_TEST_TMPDIR/contents"
  done
}

# lives_in SUITE: in a bare root of that suite the package installs, and campaigns. Such a root takes root's rights, and
# a mirror that answers.
lives_in() {
  local rootfs=$BATS_TEST_TMPDIR/root mirror
  # The mirror that this machine itself uses.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n1)
  timeout 100 debootstrap --variant=minbase "$1" "$rootfs" "$mirror" >"$BATS_TEST_TMPDIR/log" 2>&1 ||
    skip "no bare root of $1 can be made here: $(tail -n 1 "$BATS_TEST_TMPDIR/log")"
  cp "$packages"/electctl_*.deb "$rootfs/electctl.deb"
  timeout 60 chroot "$rootfs" apt-get install -y ./electctl.deb >>"$BATS_TEST_TMPDIR/log" 2>&1 || { tail -n 5 "$BATS_TEST_TMPDIR/log"; return 1; }
  run -0 chroot "$rootfs" electctl version
  run -0 chroot "$rootfs" electctl --endpoints "$ETCDCTL_ENDPOINTS" campaign "$1" v -- echo ran
  [[ $output == ran ]]
}

@test "deb: lives in a bare bookworm" { lives_in bookworm; }
@test "deb: lives in a bare trixie" { lives_in trixie; }
