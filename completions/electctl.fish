# fish completion of electctl, made by `electctl completion fish`
# The arguments typed so far that belong to no option, the subcommand first.
function __electctl_arguments
  set -l skip 0
  for word in (commandline -opc)[2..]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case --endpoints --cacert --cert --key -d --discovery-srv --discovery-srv-name --user --password --password-file --auth-jwt-token --dial-timeout --command-timeout --keepalive-time --keepalive-timeout -w --write-out --ttl --lease --wait -E --conflict-exit-code --session --once --linger --lock-delay --kill-after --max-runtime --once-keep --is --rev --consistency --count --timeout --until --value --all --from --id
        set skip 1
      case '-*'
      case '*'
        echo -- $word
    end
  end
end
function __electctl_wants_election
  set -l arguments (__electctl_arguments)
  test (count $arguments) = 1; and contains -- $arguments[1] campaign leader observe resign inspect proclaim elect
end
function __electctl_formats
  set -l arguments (__electctl_arguments) none
  switch $arguments[1]
    case campaign leader observe resign
      string split -n ' ' 'simple fields json'
    case inspect
      string split -n ' ' 'simple fields json table prometheus svg'
    case proclaim completion help version
      string split -n ' ' ''
    case elect
      string split -n ' ' 'simple fields json protobuf'
    case '*'
      string split ' ' 'simple fields json table protobuf prometheus svg'
  end
end
function __electctl_wants_subcommand
  set -l arguments (__electctl_arguments)
  test "$arguments" = help
end
function __electctl_elections
  set -l typed (commandline -opc)
  set -l globals
  for i in (seq 2 (count $typed))
    switch $typed[$i]
      case --endpoints --cacert --cert --key
        set -a globals $typed[$i] $typed[(math $i + 1)]
      case '--endpoints=*' '--cacert=*' '--cert=*' '--key=*'
        set -a globals $typed[$i]
    end
  end
  $typed[1] $globals __elections (commandline -ct) 2>/dev/null
end
complete -c electctl -f -n __electctl_wants_election -a '(__electctl_elections)'
complete -c electctl -s h -l help -d 'print this help'
complete -c electctl -l version -d 'print the version'
complete -c electctl -l endpoints -r -d 'etcd'\''s client URLs, separated by commas'
complete -c electctl -s d -l discovery-srv -r -d 'find the endpoints in this domain'\''s DNS SRV records'
complete -c electctl -l discovery-srv-name -r -d 'the cluster of this name, if the domain has several'
complete -c electctl -l insecure-discovery -d '=false: use only discovered endpoints with TLS, whose certificates must be for the domain'
complete -c electctl -l cacert -r -d 'verify the server'\''s certificate with this CA (PEM)'
complete -c electctl -l cert -r -d 'this client'\''s certificate (PEM), with --key'
complete -c electctl -l key -r -d 'the private key of --cert (PEM, no passphrase)'
complete -c electctl -l insecure-skip-tls-verify -d 'accept any server certificate, for tests'
complete -c electctl -l insecure-transport -d '=false: use TLS for endpoints without a scheme (default: only with --cacert or --cert)'
complete -c electctl -l user -r -d 'log in as NAME or NAME:PASSWORD'
complete -c electctl -l password -r -d 'the password of --user, which others may see until electctl hides it'
complete -c electctl -l password-file -r -d 'take the password of --user from this file'\''s first line, even if --password is given'
complete -c electctl -l auth-jwt-token -r -d 'log in with this token, instead of --user'
complete -c electctl -l dial-timeout -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'how long to try to reach an endpoint'
complete -c electctl -l command-timeout -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'how long one call may take'
complete -c electctl -l keepalive-time -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'ping an endpoint that is silent for this long'
complete -c electctl -l keepalive-timeout -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'leave an endpoint that does not answer a ping for this long'
complete -c electctl -s w -l write-out -x -a '(__electctl_formats)' -d 'simple, fields, json, table, prometheus, svg or protobuf, as far as the subcommand supports it'
complete -c electctl -l hex -d 'print names and values as hex'
complete -c electctl -l debug -d 'log each etcd call to stderr'
complete -c electctl -f -n __fish_use_subcommand -a campaign -d 'stand as a candidate, wait, lead; run CMD while leading'
complete -c electctl -f -n __fish_use_subcommand -a leader -d 'print who leads'
complete -c electctl -f -n __fish_use_subcommand -a observe -d 'print every leader as it comes, or run CMD for each'
complete -c electctl -f -n __fish_use_subcommand -a resign -d 'end one candidacy'
complete -c electctl -f -n __fish_use_subcommand -a inspect -d 'print all candidates in their order; history, checks'
complete -c electctl -f -n __fish_use_subcommand -a proclaim -d 'change the value of a candidate'
complete -c electctl -f -n __fish_use_subcommand -a elect -d 'as etcdctl elect'
complete -c electctl -f -n __fish_use_subcommand -a completion -d 'print the completion script of a shell'
complete -c electctl -f -n __fish_use_subcommand -a help -d 'print the help of a subcommand'
complete -c electctl -f -n __fish_use_subcommand -a version -d 'print the version'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l ttl -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'if this host dies, the next candidate leads after this time (of the lease'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l lease -r -d 'stand under this existing lease (hex), which is kept alive and not revoked'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l try -d 'if another leads, withdraw and exit 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l wait -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'if not elected within this time, withdraw and exit 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -s E -l conflict-exit-code -r -d 'exit with N in place of 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l rejoin -d 'if leadership or the place in the queue is lost, stand again as the last one in it'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l session -r -d 'keep the candidacy in FILE from one run to the next'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l once -r -d 'run CMD only if it has not run for this ID in this election, else exit 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l linger -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'keep leading at least this long, even if CMD ends earlier'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l lock-delay -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'delay CMD by this time if it had to wait'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l kill-after -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'how long CMD has from SIGTERM to SIGKILL when it must end'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l max-runtime -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'end CMD after this time, and exit 124'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l once-keep -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'how long the ID of --once is remembered after its run began'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l retry -d 'with --once: run again what failed, was ended or is abandoned'
complete -c electctl -n '__fish_seen_subcommand_from leader' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l is -r -d 'print nothing, and exit 0 if VALUE leads, 11 if another leads, 10 if nobody leads'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l wait -d 'wait until somebody leads'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l rev -r -d 'as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l consistency -r -d 'l: what the majority agreed on'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l print-value-only -d 'print only the value'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l keys-only -d 'print only the key, as etcdctl does'
complete -c electctl -n '__fish_seen_subcommand_from observe' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l prefix -d 'all elections whose names begin with NAME'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l rev -r -d 'begin with the leader as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l is -r -d 'print only leader or follower, when VALUE begins or ceases to lead'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l count -r -d 'end after this many lines'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l timeout -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'end after this time (0: at once), and exit 11 if --count or --until is not fulfilled'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l kill-after -x -a '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -d 'how long CMD has from SIGTERM to SIGKILL when --timeout ends it'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l until -r -d 'end once a leader has this value'
complete -c electctl -n '__fish_seen_subcommand_from resign' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l rev -r -d 'only if its create revision (fencing token) is this'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l revoke -d 'revoke its lease, which ends whatever else stands on it'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l lease -r -d 'the candidate of this lease (hex)'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l key -r -d 'the candidate with this key'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l value -r -d 'the candidate with this value'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l leader -d 'whoever leads now'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l session -r -d 'the candidate of the session in this file'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l all -r -d 'list every election whose name begins with PREFIX'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l rev -r -d 'as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l history -d 'list every term that is still in the store'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l from -r -d 'begin the history at this revision'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l watch -d 'show the candidates again at each change, until Ctrl-C'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l verify -d 'check that the election is sound, and exit 13 if it is not'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l runs -d 'show the run ledger: what campaign --once ran, and how it ended'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l id -r -d 'only this run'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l etcdctl -d 'print the etcdctl commands that show the same, and do nothing else'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l rev -r -d 'only if its create revision (fencing token) is this'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l lease -r -d 'the candidate of this lease (hex)'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l key -r -d 'the candidate with this key'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l session -r -d 'the candidate of the session in this file'
complete -c electctl -n '__fish_seen_subcommand_from elect' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from elect' -s l -l listen -d 'print every leader as it comes'
complete -c electctl -n '__fish_seen_subcommand_from completion' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from help' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from version' -s h -l help -d 'print this help'
complete -c electctl -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
complete -c electctl -f -n __electctl_wants_subcommand -a 'campaign leader observe resign inspect proclaim elect completion help version'
