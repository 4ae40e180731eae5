#!/usr/bin/env bats
# How the program is built: what its file says. A release build is position-dependent for its start-up time (see
# CMakeLists.txt, which has the measurement); all else that Debian's hardening has is there.
load cluster

setup() {
  if is_sanitized; then skip "a build for sanitizers is not hardened"; fi
}
headers() { readelf --wide "$@" "$ELECTCTL"; }

@test "hardening: relocations are read-only before main begins" {
  headers --program-headers | grep -q GNU_RELRO
  headers --dynamic | grep -qE 'FLAGS(_1)?.*NOW'
}

@test "hardening: no executable stack, nothing writable and executable" {
  headers --program-headers | grep GNU_STACK | grep -q 'RW '
  run -1 bash -c 'readelf --wide --program-headers "$ELECTCTL" | grep -E "LOAD.*RWE"'
}

@test "hardening: stack protector and fortified functions" {
  headers --dyn-syms | grep -q __stack_chk_fail
  if grep -q '^CMAKE_BUILD_TYPE:STRING=Release' "$(dirname "$ELECTCTL")/CMakeCache.txt"; then
    headers --dyn-syms | grep -qE '__(read|memcpy|snprintf|vsnprintf|fprintf)_chk'
  fi
}

@test "hardening: no search path for libraries but the system's, and none of ours" {
  headers --dynamic | grep -q 'NEEDED.*\[libc\.so'
  run -1 bash -c 'readelf --wide --dynamic "$ELECTCTL" | grep -E "RPATH|RUNPATH"'
  if grep -q '^ELECT_STATIC:BOOL=ON' "$(dirname "$ELECTCTL")/CMakeCache.txt"; then
    [[ $(headers --dynamic | grep -o 'NEEDED.*\[.*\]' | grep -vcE '\[(libc|libm|ld-linux.*|libresolv|libpthread|libdl)\.so') == 0 ]]
  fi
}
