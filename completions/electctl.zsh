#compdef electctl
# zsh completion of electctl, made by `electctl completion zsh`
_electctl_elections() {
  local -a globals names
  local i
  for (( i = 2; i < CURRENT; i++ )); do
    case ${words[i]} in
      (--endpoints|--cacert|--cert|--key) globals+=(${words[i]} "${(Q)words[i+1]}") ;;
      (--endpoints=*|--cacert=*|--cert=*|--key=*) globals+=("${(Q)words[i]}") ;;
    esac
  done
  names=(${(f)"$("${(Q)words[1]}" $globals __elections "${(Q)PREFIX}" 2>/dev/null)"})
  (( $#names )) && compadd -a names
}
_electctl() {
  local -a global commands
  global=( \
    '-h[print this help]' \
    '--help[print this help]' \
    '--endpoints[etcd'\''s client URLs, separated by commas]:TEXT:_files' \
    '-d[find the endpoints by this domain'\''s SRV records, in place of --endpoints]:DOMAIN:_files' \
    '--discovery-srv[find the endpoints by this domain'\''s SRV records, in place of --endpoints]:DOMAIN:_files' \
    '--discovery-srv-name[of several clusters in the domain, the one of this name]:NAME:_files' \
    '--insecure-discovery[take discovered endpoints without TLS, too; =false\: certificates have to be for the domain]' \
    '--cacert[verify the server'\''s certificate with this CA (PEM)]:TEXT:_files' \
    '--cert[this client'\''s certificate (PEM)]:TEXT:_files' \
    '--key[the key of --cert (PEM)]:TEXT:_files' \
    '--insecure-skip-tls-verify[accept any certificate; for tests]' \
    '--insecure-transport[--insecure-transport=false\: TLS also for endpoints without https\://]' \
    '--user[NAME or NAME\:PASSWORD; asks for a missing password]:TEXT:_files' \
    '--password[the password of --user]:TEXT:_files' \
    '--password-file[a file whose first line is the password of --user; wins over --password]:TEXT:_files' \
    '--auth-jwt-token[a ready token, in place of --user]:TEXT:_files' \
    '--dial-timeout[how long to try to reach any endpoint]:DURATION:_files' \
    '--command-timeout[how long one call may take]:DURATION:_files' \
    '--keepalive-time[silence after which an endpoint is pinged]:DURATION:_files' \
    '--keepalive-timeout[how long a ping may stay unanswered]:DURATION:_files' \
    '-w[simple, fields, json, table, prometheus, svg or protobuf; not all have all]:TEXT:(simple fields json table protobuf prometheus svg)' \
    '--write-out[simple, fields, json, table, prometheus, svg or protobuf; not all have all]:TEXT:(simple fields json table protobuf prometheus svg)' \
    '--hex[print names and values as hex]' \
    '--debug[say on standard error what is called]' \
  )
  commands=( \
    'campaign:stand as a candidate, wait, lead; run CMD while leading' \
    'leader:print who leads' \
    'observe:print every leader as it comes, or run CMD for each' \
    'resign:end one candidacy' \
    'inspect:print all candidates in their order; history, checks' \
    'proclaim:change the value of a candidate' \
    'elect:as etcdctl elect' \
    'completion:print the completion script of a shell' \
    'version:print the version' \
  )
  local i command=''
  for (( i = 2; i < CURRENT; i++ )); do
    if [[ -n ${(M)commands:#${words[i]}:*} ]]; then command=${words[i]}; break; fi
  done
  case $command in
    campaign) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--ttl[the lease'\''s time to live, in whole seconds]:DURATION:_files' \
    '--lease[stand under this lease (hex); it is never revoked]:ID:_files' \
    '--try[not first in the queue at once\: withdraw, exit 11]' \
    '--wait[not elected within this time\: withdraw, exit 11]:DURATION:_files' \
    '-E[N in place of 11]:N\:INT in \[0 - 255\]:_files' \
    '--conflict-exit-code[N in place of 11]:N\:INT in \[0 - 255\]:_files' \
    '--rejoin[after losing leadership stand again, at the tail of the queue]' \
    '--session[a file that keeps the candidacy from one run to the next]:FILE:_files' \
    '--once[run CMD at most once in this election for this ID]:ID:_files' \
    '--linger[lead for at least so long, also where CMD ends sooner]:DURATION:_files' \
    '--lock-delay[after having waited, start CMD so much later]:DURATION:_files' \
    '--kill-after[from SIGTERM to SIGKILL for CMD]:DURATION:_files' \
    '--max-runtime[end CMD after so long\: exit 124; 0\: never]:DURATION:_files' \
    '--once-keep[how long a record of --once lasts]:DURATION:_files' \
    '--retry[with --once\: also where a run failed, was ended or is abandoned]' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    leader) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--is[print nothing; exit 0 where the leader has this value, 11 where not, 10 for none]:VALUE:_files' \
    '--wait[wait until somebody leads, no longer than DURATION where it is given\: then exit 10]' \
    '--rev[as of this revision of the store]:N:_files' \
    '--consistency[l\: linearizable, s\: what one member has, which may be old]:l|s\:{l,s}:_files' \
    '--print-value-only[print the value alone]' \
    '--keys-only[print the key alone, as etcdctl does]' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    observe) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--prefix[NAME is a prefix\: all elections whose names begin with it]' \
    '--rev[begin with the leader as of this revision of the store]:N:_files' \
    '--is[tell only when the answer to "does VALUE lead" changes\: leader or follower]:VALUE:_files' \
    '--count[end after so many lines]:N:_files' \
    '--timeout[end after so long\: exit 11 where --count or --until is not fulfilled]:DURATION:_files' \
    '--kill-after[from SIGTERM to SIGKILL for CMD, where --timeout ends it]:DURATION:_files' \
    '--until[end once a leader has this value]:VALUE:_files' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    resign) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--rev[only if its create revision (fencing token) is this]:N:_files' \
    '--revoke[end its whole lease]' \
    '--lease[the candidate of this lease (hex)]:ID:_files' \
    '--key[the candidate with this key]:KEY:_files' \
    '--value[the candidate with this value]:VALUE:_files' \
    '--leader[whoever leads now]' \
    '--session[the candidate of the session in this file]:FILE:_files' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    inspect) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--all[in place of NAME\: every election whose name begins with PREFIX]:PREFIX:_files' \
    '--rev[as of this revision of the store]:N:_files' \
    '--history[every term that is still in the store]' \
    '--from[begin the history at this revision of the store]:N:_files' \
    '--watch[show it again at each change, until Ctrl-C]' \
    '--verify[check that the state is sound; exit 13 where it is not]' \
    '--runs[the run ledger\: what campaign --once ran, and how it ended]' \
    '--id[of this run alone; exit 0 where it is done, 11 where not, 10 where none is]:ID:_files' \
    '--etcdctl[print the etcdctl commands that show the same, and do no more]' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    proclaim) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '--rev[only if its create revision (fencing token) is this]:N:_files' \
    '--lease[the candidate of this lease (hex)]:ID:_files' \
    '--key[the candidate with this key]:KEY:_files' \
    '--session[the candidate of the session in this file]:FILE:_files' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    elect) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '-l[print every leader as it comes]' \
    '--listen[print every leader as it comes]' \
    '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    completion) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '1:command:' '2:shell:(bash zsh fish)' ;;
    version) _arguments $global \
    '-h[print this help]' \
    '--help[print this help]' \
    '1:command:'  ;;
    *) _arguments $global '1:command:{ _describe command commands }' ;;
  esac
}
if [[ ${funcstack[1]} == _electctl ]]; then _electctl "$@"; else compdef _electctl electctl; fi
