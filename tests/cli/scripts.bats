#!/usr/bin/env bats
# What a developer calls: all of scripts/, and what remakes the order of functions.
bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_DIRNAME/../.." || exit; }

@test "scripts: -h and --help print the usage, exit 0" {
  for script in scripts/* cli/packaging/startup-order; do
    for option in -h --help; do
      echo "$script $option"
      run -0 --separate-stderr timeout 20 "$script" "$option"
      [[ $output == *"${script##*/}"* && -z $stderr ]]
    done
  done
}

# refused SCRIPT ARGUMENT...: it exits with 1, says why on standard error, and has done nothing by then.
refused() {
  echo "$*"
  run -1 --separate-stderr timeout 20 "$@"
  [[ -z $output && -n $stderr ]]
}

@test "scripts: a wrong argument is an error: exit 1, usage or reason on standard error" {
  for script in scripts/* cli/packaging/startup-order; do
    case $script in
      scripts/test) ;;  # Options are ctest's.
      *) refused "$script" --nonsense ;;
    esac
    case $script in
      scripts/captures) refused "$script" "$BATS_TEST_TMPDIR" nonsense ;;
      scripts/fresh) refused "$script" ;;
      scripts/fuzz) refused "$script" nonsense; refused "$script" 0 nonsense ;;
      scripts/setup) refused "$script" nonsense; refused "$script" build nonsense; refused "$script" --list nonsense ;;
      *) refused "$script" nonsense ;;
    esac
  done
}
