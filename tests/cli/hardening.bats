#!/usr/bin/env bats
# How the program is built, read from its file. A release build is position-dependent, because it starts faster: see
# CMakeLists.txt. It has no dynamic section, because it links nothing at run time: see static.bats. It has all other
# hardening that Debian uses.
load cluster

setup() {
  if is_sanitized; then skip "a build for sanitizers is not hardened"; fi
}
headers() { readelf --wide "$@" "$ELECTCTL"; }
is_built_with() { grep -q "^$1\$" "$(dirname "$ELECTCTL")/CMakeCache.txt"; }

@test "hardening: relocations are read-only before main begins" {
  headers --program-headers | grep -q GNU_RELRO
  is_built_with ELECT_STATIC:BOOL=ON || headers --dynamic | grep -qE 'FLAGS(_1)?.*NOW'
}

@test "hardening: no executable stack, nothing writable and executable" {
  headers --program-headers | grep GNU_STACK | grep -q 'RW '
  run -1 bash -c 'readelf --wide --program-headers "$ELECTCTL" | grep -E "LOAD.*RWE"'
}

@test "hardening: stack protector and fortified functions" {
  headers --symbols | grep -q __stack_chk_fail
  if is_built_with CMAKE_BUILD_TYPE:STRING=Release; then
    headers --symbols | grep -qE '__(read|memcpy|snprintf|vsnprintf|fprintf)_chk'
  fi
}

@test "hardening: no search path for libraries but the system's" {
  if is_built_with ELECT_STATIC:BOOL=ON; then skip "a static program looks for no libraries"; fi
  headers --dynamic | grep -q 'NEEDED.*\[libc\.so'
  run -1 bash -c 'readelf --wide --dynamic "$ELECTCTL" | grep -E "RPATH|RUNPATH"'
}
