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
complete -c electctl -l endpoints -r -d 'etcd'\''s client URLs, separated by commas'
complete -c electctl -s d -l discovery-srv -r -d 'find the endpoints by this domain'\''s SRV records, in place of --endpoints'
complete -c electctl -l discovery-srv-name -r -d 'of several clusters in the domain, the one of this name'
complete -c electctl -l insecure-discovery -d 'take discovered endpoints without TLS, too; =false: certificates have to be for the domain'
complete -c electctl -l cacert -r -d 'verify the server'\''s certificate with this CA (PEM)'
complete -c electctl -l cert -r -d 'this client'\''s certificate (PEM)'
complete -c electctl -l key -r -d 'the key of --cert (PEM)'
complete -c electctl -l insecure-skip-tls-verify -d 'accept any certificate; for tests'
complete -c electctl -l insecure-transport -d '--insecure-transport=false: TLS also for endpoints without https://'
complete -c electctl -l user -r -d 'NAME or NAME:PASSWORD; asks for a missing password'
complete -c electctl -l password -r -d 'the password of --user'
complete -c electctl -l password-file -r -d 'a file whose first line is the password of --user; wins over --password'
complete -c electctl -l auth-jwt-token -r -d 'a ready token, in place of --user'
complete -c electctl -l dial-timeout -r -d 'how long to try to reach any endpoint'
complete -c electctl -l command-timeout -r -d 'how long one call may take'
complete -c electctl -l keepalive-time -r -d 'silence after which an endpoint is pinged'
complete -c electctl -l keepalive-timeout -r -d 'how long a ping may stay unanswered'
complete -c electctl -s w -l write-out -x -a 'simple fields json table protobuf prometheus svg' -d 'simple, fields, json, table, prometheus, svg or protobuf; not all have all'
complete -c electctl -l hex -d 'print names and values as hex'
complete -c electctl -l debug -d 'say on standard error what is called'
complete -c electctl -f -n __fish_use_subcommand -a campaign -d 'stand as a candidate, wait, lead; run CMD while leading'
complete -c electctl -f -n __fish_use_subcommand -a leader -d 'print who leads'
complete -c electctl -f -n __fish_use_subcommand -a observe -d 'print every leader as it comes, or run CMD for each'
complete -c electctl -f -n __fish_use_subcommand -a resign -d 'end one candidacy'
complete -c electctl -f -n __fish_use_subcommand -a inspect -d 'print all candidates in their order; history, checks'
complete -c electctl -f -n __fish_use_subcommand -a proclaim -d 'change the value of a candidate'
complete -c electctl -f -n __fish_use_subcommand -a elect -d 'as etcdctl elect'
complete -c electctl -f -n __fish_use_subcommand -a completion -d 'print the completion script of a shell'
complete -c electctl -f -n __fish_use_subcommand -a version -d 'print the version'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l ttl -r -d 'the lease'\''s time to live, in whole seconds'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l lease -r -d 'stand under this lease (hex); it is never revoked'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l try -d 'not first in the queue at once: withdraw, exit 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l wait -r -d 'not elected within this time: withdraw, exit 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -s E -l conflict-exit-code -r -d 'N in place of 11'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l rejoin -d 'after losing leadership stand again, at the tail of the queue'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l session -r -d 'a file that keeps the candidacy from one run to the next'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l once -r -d 'run CMD at most once in this election for this ID'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l linger -r -d 'lead for at least so long, also where CMD ends sooner'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l lock-delay -r -d 'after having waited, start CMD so much later'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l kill-after -r -d 'from SIGTERM to SIGKILL for CMD'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l max-runtime -r -d 'end CMD after so long: exit 124; 0: never'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l once-keep -r -d 'how long a record of --once lasts'
complete -c electctl -n '__fish_seen_subcommand_from campaign' -l retry -d 'with --once: also where a run failed, was ended or is abandoned'
complete -c electctl -n '__fish_seen_subcommand_from leader' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l is -r -d 'print nothing; exit 0 where the leader has this value, 11 where not, 10 for none'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l wait -d 'wait until somebody leads, no longer than DURATION where it is given: then exit 10'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l rev -r -d 'as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l consistency -r -d 'l: linearizable, s: what one member has, which may be old'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l print-value-only -d 'print the value alone'
complete -c electctl -n '__fish_seen_subcommand_from leader' -l keys-only -d 'print the key alone, as etcdctl does'
complete -c electctl -n '__fish_seen_subcommand_from observe' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l prefix -d 'NAME is a prefix: all elections whose names begin with it'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l rev -r -d 'begin with the leader as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l is -r -d 'tell only when the answer to "does VALUE lead" changes: leader or follower'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l count -r -d 'end after so many lines'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l timeout -r -d 'end after so long: exit 11 where --count or --until is not fulfilled'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l kill-after -r -d 'from SIGTERM to SIGKILL for CMD, where --timeout ends it'
complete -c electctl -n '__fish_seen_subcommand_from observe' -l until -r -d 'end once a leader has this value'
complete -c electctl -n '__fish_seen_subcommand_from resign' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l rev -r -d 'only if its create revision (fencing token) is this'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l revoke -d 'end its whole lease'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l lease -r -d 'the candidate of this lease (hex)'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l key -r -d 'the candidate with this key'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l value -r -d 'the candidate with this value'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l leader -d 'whoever leads now'
complete -c electctl -n '__fish_seen_subcommand_from resign' -l session -r -d 'the candidate of the session in this file'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l all -r -d 'in place of NAME: every election whose name begins with PREFIX'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l rev -r -d 'as of this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l history -d 'every term that is still in the store'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l from -r -d 'begin the history at this revision of the store'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l watch -d 'show it again at each change, until Ctrl-C'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l verify -d 'check that the state is sound; exit 13 where it is not'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l runs -d 'the run ledger: what campaign --once ran, and how it ended'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l id -r -d 'of this run alone; exit 0 where it is done, 11 where not, 10 where none is'
complete -c electctl -n '__fish_seen_subcommand_from inspect' -l etcdctl -d 'print the etcdctl commands that show the same, and do no more'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l rev -r -d 'only if its create revision (fencing token) is this'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l lease -r -d 'the candidate of this lease (hex)'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l key -r -d 'the candidate with this key'
complete -c electctl -n '__fish_seen_subcommand_from proclaim' -l session -r -d 'the candidate of the session in this file'
complete -c electctl -n '__fish_seen_subcommand_from elect' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from elect' -s l -l listen -d 'print every leader as it comes'
complete -c electctl -n '__fish_seen_subcommand_from completion' -s h -l help -d 'print this help'
complete -c electctl -n '__fish_seen_subcommand_from version' -s h -l help -d 'print this help'
complete -c electctl -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
