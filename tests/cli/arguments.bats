#!/usr/bin/env bats
# Bad input: the exit code, one line on standard error, nothing on standard output, and no call to etcd.
load cluster

setup() { export ETCDCTL_ENDPOINTS=127.0.0.1:1; }

refused() {
  run "-$1" --separate-stderr electctl "${@:2}"
  [[ -z $output ]]
  [[ $stderr == "Error: "* ]]
  ((${#stderr_lines[@]} == 1))
}

@test "wrong arguments: exit 128 and one line" {
  refused 128
  refused 128 bogus
  refused 128 leader
  refused 128 leader ''
  refused 128 leader a b
  refused 128 leader a --bogus
  refused 128 leader a --rev x
  refused 128 leader a --rev -1
  refused 128 leader a --print-value-only --keys-only
  refused 128 leader a --print-value-only -w json
  refused 128 leader a --consistency x
  refused 128 leader a -- CMD
  refused 128 campaign
  refused 128 campaign ''
  refused 128 campaign a --try --wait 1s
  refused 128 campaign a --wait bogus
  refused 128 campaign a --wait -1s
  refused 128 campaign a --ttl 0
  refused 128 campaign a --ttl 1500ms
  refused 128 campaign a --ttl 9000000001
  refused 128 campaign a --lease xyz
  refused 128 campaign a --lease 0
  refused 128 campaign a --lease a --ttl 3s
  refused 128 campaign a -E 256
  refused 128 campaign a --
  refused 128 campaign a -- ''
  refused 128 resign a
  refused 128 resign a --leader --value v
  refused 128 resign a --leader --rev 0
  refused 128 proclaim a
  refused 128 proclaim a v
  refused 128 proclaim a v --key k --lease 1
  refused 128 observe
  refused 128 observe a --count 0
  refused 128 observe a --timeout 1y
  refused 128 completion
  refused 128 completion tcsh
}

@test "an option at the end without its value is told so, whatever stands in front" {
  refused 128 leader a --rev
  [[ $stderr == *"--rev needs a value: N; see electctl leader --help" ]]
  refused 128 leader a --password
  refused 128 leader a --user
  [[ $stderr == *"--user needs a value: NAME[:PASSWORD]; see electctl leader --help" ]]
  [[ $(electctl --help) == *" --user NAME[:PASSWORD] "* ]]
  refused 128 campaign a v -E
  refused 128 campaign a --ttl -- CMD
}

@test "an empty value that cannot be meant is refused, and told why" {
  for option in "campaign a --once" "campaign a --session" "resign a --key" "resign a --session" "proclaim a v --key" \
    "inspect a --runs --id" "leader a --user u --password-file" "leader a --endpoints"; do
    # shellcheck disable=SC2086
    refused 128 $option '' -- true
    [[ $stderr == *"${option##* }: the value is empty: probably a shell variable is not set; see electctl "* ]]
    # shellcheck disable=SC2086
    refused 128 ${option}=
  done
}

@test "a flag takes true and false as etcdctl's do, and no other value" {
  for value in 3 yes on bogus 99999999999999999999 ''; do
    refused 128 campaign a --once id "--retry=$value" -- true
    [[ $stderr == *"--retry: invalid value '$value': write true or false; see electctl campaign --help" ]]
    refused 128 campaign a "--try=$value"
    refused 128 elect a "-l=$value"
    refused 128 leader a "--hex=$value"
    for flag in insecure-transport debug insecure-skip-tls-verify; do
      refused 128 leader a "--$flag=$value"
      [[ $stderr == *"--$flag: invalid value '$value': write true or false; see electctl leader --help" ]]
    done
  done
  for value in 3 bogus 99999999999999999999; do
    for flag in HEX DEBUG INSECURE_TRANSPORT; do
      export "ETCDCTL_$flag=$value"
      refused 128 leader a
      [[ $stderr == *": invalid value '$value': write true or false; see electctl leader --help" ]]
      unset "ETCDCTL_$flag"
    done
  done
  for value in 1 t T true TRUE True 0 f F false FALSE False; do
    run -2 electctl leader a --dial-timeout 50ms "--hex=$value" "--insecure-skip-tls-verify=$value" --debug=false
  done
}

@test "wrong global options: exit 128 and one line that names the option or the endpoint" {
  for options in '--dial-timeout x' '--command-timeout -1s' '--keepalive-time' '--password-file /nowhere --user u' \
    '--cert c' '--cert c --key k' '--cacert /nowhere' '--user u --auth-jwt-token t'; do
    # shellcheck disable=SC2086
    run --separate-stderr electctl leader a $options
    ((status == 128 || status == 1))
    [[ $stderr == "Error: "* && -z $output ]]
  done
  refused 128 leader a --command-timeout 0
  [[ $stderr == *"--command-timeout: it leaves no time for a call: write more than 0; see electctl leader --help" ]]
  ETCDCTL_COMMAND_TIMEOUT=0s refused 128 leader a
  for endpoint in host '' :1 host:x ftp://h:1 ::1:1; do
    run -128 electctl --endpoints "$endpoint" leader a
  done
}

@test "--endpoints or ETCDCTL_ENDPOINTS that names no endpoint is refused" {
  for endpoints in ',' ' , ' ' '; do
    refused 128 leader a --endpoints "$endpoints"
    [[ $stderr == *"--endpoints: '$endpoints' names no endpoint; see electctl leader --help" ]]
    refused 128 --endpoints "$endpoints" leader a
    ETCDCTL_ENDPOINTS=$endpoints refused 128 leader a
    [[ $stderr == *"--endpoints: '$endpoints' names no endpoint; see electctl leader --help" ]]
  done
}

@test "a number or a lease ID that cannot be read: why is said" {
  for number in 99999999999999999999 9223372036854775808; do
    refused 128 leader a --rev "$number"
    [[ $stderr == *"--rev: the number $number is too large; see "* ]]
    refused 128 observe a --count "$number"
    [[ $stderr == *"--count: the number $number is too large; see "* ]]
  done
  refused 128 campaign a --lease 0x12
  [[ $stderr == *"write a hex number without 0x, "* ]]
}

@test "an output format that there is not, or not here: exit 4" {
  refused 4 leader a -w bogus
  [[ $stderr == *": choose simple, fields, json" ]]
  refused 4 elect a -l -w bogus
  [[ $stderr == *": choose simple, fields, json, protobuf" ]]
  refused 4 proclaim a v --key k -w bogus
  refused 4 leader a -w table
  refused 4 version -w bogus
  refused 4 observe a -w table
  refused 4 campaign a -w protobuf
}

@test "options before and after the subcommand, and over their variables" {
  ETCDCTL_ENDPOINTS=bogus run -2 electctl leader a --endpoints 127.0.0.1:1 --dial-timeout 100ms
  ETCDCTL_ENDPOINTS=bogus run -2 electctl --endpoints 127.0.0.1:1 --dial-timeout=100ms leader a
  ETCDCTL_DIAL_TIMEOUT=bogus run -128 electctl leader a
}

@test "help and version: exit 0, on standard output" {
  run -0 --separate-stderr electctl --help
  [[ $output == *campaign* && -z $stderr ]]
  run -0 --separate-stderr electctl campaign --help
  [[ $output == *--ttl* ]]
  run -0 electctl version
  [[ $output == "electctl version: "* ]]
  run -0 --separate-stderr electctl --version
  [[ $output == "$(electctl version)" && -z $stderr ]]
  run -0 electctl campaign --version
  [[ $output == "$(electctl version)" ]]
  [[ $(electctl help) == "$(electctl --help)" ]]
  for command in campaign leader observe resign inspect proclaim elect completion help version; do
    run -0 --separate-stderr electctl help "$command"
    [[ $output == "$(electctl "$command" --help)" && -z $stderr ]]
  done
  refused 128 help campain
  [[ $stderr == "Error: unknown subcommand 'campain' (did you mean campaign?); see electctl help --help" ]]
  refused 128 help __elections
  refused 128 help leader observe
}

@test "help of each subcommand: usage, two examples, and its exit codes" {
  for command in campaign leader observe resign inspect proclaim elect completion help version; do
    run -0 electctl "$command" --help
    [[ $output == *"Usage: electctl $command"* && $output == *"Exit codes:"*"128 "* ]]
    examples=$(sed -n '/^Examples:/,/^$/p' <<<"$output" | grep -c '^  [^ ]')
    ((examples == 2))
    # Nothing but an example, which is to be pasted as one line, is wider than 80.
    (($(sed '/^Examples:/,/^$/{/^  [^ ]/d}' <<<"$output" | wc -L) <= 80))
    # Those that ask etcd have its exit codes, too.
    codes=$(sed -n '/^Exit codes:/,/^$/s/^  \([0-9][0-9]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    case $command in
      completion | help | version) [[ $codes == "0 1 128 " ]] ;;
      *) [[ $codes == "0 1 2 4 "*"128 "* ]] ;;
    esac
  done
}

@test "help: defaults are said in one way" {
  for command in '' campaign leader observe resign inspect proclaim elect completion help version; do
    text=$(electctl ${command:+"$command"} --help)
    [[ $text != *"without it"* && $text != *"(default "* ]]
  done
  [[ $(electctl campaign --help | tr -s ' \n' ' ') == *"--ttl DURATION if this host dies, the next candidate leads after this time (of the lease; whole seconds) (default: 10s)"* ]]
}

@test "help: every option of every subcommand is in the man page, and man pages are well-formed" {
  man=$(dirname "$ELECTCTL")/man
  for command in '' campaign leader observe resign inspect proclaim elect completion help version; do
    page=$man/electctl${command:+-$command}.1
    text=$(mandoc -Tascii "$page" | col -b)
    for option in $(electctl ${command:+"$command"} --help | grep -o '^ *\(-., \)\?--[a-z-]*' | grep -o -- '--.*'); do
      [[ $text == *"$option"* ]]
    done
    run -0 mandoc -Tlint -W error "$page"
  done
}

@test "a mistyped subcommand or option: the one that was meant is named" {
  run -128 electctl campain job
  [[ $output == *"'campain' (did you mean campaign?); see electctl --help" ]]
  run -128 electctl leader job --print-value
  [[ $output == *"'--print-value' (did you mean --print-value-only?)"* ]]
  run -128 electctl leader job --endpoint=x
  [[ $output == *"'--endpoint' (did you mean --endpoints?)"* ]]
  for option in -v -V; do
    run -128 electctl "$option"
    [[ $output == *"'$option' (did you mean --version?)"* ]]
  done
  # The opposite is not meant, and one letter is like any other.
  run -128 electctl campaign job --no-wait
  [[ $output == *"'--no-wait' (did you mean --try?)"* ]]
  for words in xyzzy -o 'leader job --no-wait'; do
    # shellcheck disable=SC2086
    run -128 electctl $words
    [[ $output == *unknown* && $output != *"did you mean"* ]]
  done
}

@test "a -- in front of NAME where a CMD can stand: NAME missing is said, and nothing is taken for NAME" {
  refused 128 campaign -- true
  [[ $stderr == *"NAME is missing in front of --; see electctl campaign --help" ]]
  refused 128 campaign -- rsync -a from to
  refused 128 campaign -- -n -v one-too-many -- CMD
  refused 128 campaign -- -n --
  refused 128 campaign -- -- true
  refused 128 observe -- true
  refused 128 observe -- -n v -- true
  refused 128 leader -- -a -b
  [[ $stderr == *"one argument too many: '-b'"* ]]
  refused 128 observe n --kill-after 1s
}
