#compdef electctl
# zsh completion of electctl, made by `electctl completion zsh`
_electctl() {
  local -a global commands
  global=( \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--endpoints[etcd'\''s client URLs, separated by commas]:TEXT:' \
    '--cacert[verify the server'\''s certificate with this CA (PEM)]:TEXT:' \
    '--cert[this client'\''s certificate (PEM)]:TEXT:' \
    '--key[the key of --cert (PEM)]:TEXT:' \
    '--insecure-skip-tls-verify[accept any certificate; for tests]' \
    '--insecure-transport[--insecure-transport=false\: TLS also for endpoints without https\://]' \
    '--user[NAME or NAME\:PASSWORD; asks for a missing password]:TEXT:' \
    '--password[the password of --user]:TEXT:' \
    '--password-file[a file whose first line is the password of --user]:TEXT:' \
    '--auth-jwt-token[a ready token, in place of --user]:TEXT:' \
    '--dial-timeout[how long to try to reach any endpoint]:DURATION:' \
    '--command-timeout[how long one call may take]:DURATION:' \
    '--keepalive-time[silence after which an endpoint is pinged]:DURATION:' \
    '--keepalive-timeout[how long a ping may stay unanswered]:DURATION:' \
    '-w[simple, fields, json or table; not all have all]:TEXT:' \
    '--write-out[simple, fields, json or table; not all have all]:TEXT:' \
    '--hex[print names and values as hex]' \
    '--debug[say on standard error what is called]' \
  )
  commands=( \
    'campaign:Stand as a candidate, wait, lead; run CMD while leading' \
    'leader:Print who leads' \
    'observe:Print every leader as it comes' \
    'resign:End one candidacy' \
    'inspect:Print all candidates in their order' \
    'proclaim:Change the value of a candidate' \
    'elect:As etcdctl elect' \
    'completion:Print the completion script of a shell' \
    'version:Print the version' \
  )
  local i command=''
  for (( i = 2; i < CURRENT; i++ )); do
    if [[ -n ${(M)commands:#${words[i]}:*} ]]; then command=${words[i]}; break; fi
  done
  case $command in
    campaign) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--ttl[the lease'\''s time to live, in whole seconds]:DURATION:' \
    '--lease[stand under this lease (hex); it is never revoked]:ID:' \
    '--try[not first in the queue at once\: withdraw, exit 11]' \
    '--wait[not elected within this time\: withdraw, exit 11]:DURATION:' \
    '-E[N in place of 11]:INT:INT in [0 - 255]:' \
    '--conflict-exit-code[N in place of 11]:INT:INT in [0 - 255]:' \
    '--rejoin[after losing leadership stand again, at the tail of the queue]' \
    '--session[a file that keeps the candidacy from one run to the next]:TEXT:' \
    '--once[run CMD at most once in this election for this ID]:TEXT:' \
    '--linger[lead for at least so long, also where CMD ends sooner]:DURATION:' \
    '--lock-delay[after having waited, start CMD so much later]:DURATION:' \
    '--kill-after[from SIGTERM to SIGKILL for CMD]:DURATION:' \
    '--max-runtime[end CMD after so long\: exit 124; 0\: never]:DURATION:' \
    '--once-keep[how long a record of --once lasts]:DURATION:' \
      '*:argument:_files' ;;
    leader) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--is[print nothing; exit 0 where the leader has this value, 11 where not, 10 for none]:TEXT:' \
    '--rev[as of this revision of the store]:INT:NONNEGATIVE:' \
    '--consistency[l\: linearizable, s\: what one member has, which may be old]:TEXT:{l,s}:' \
    '--print-value-only[print the value alone]' \
    '--keys-only[print the key alone, as etcdctl does]' \
      '*:argument:_files' ;;
    observe) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--rev[begin with the leader as of this revision of the store]:INT:NONNEGATIVE:' \
    '--count[end after so many lines]:INT:POSITIVE:' \
    '--timeout[end after so long\: exit 11 where --count or --until is not fulfilled]:DURATION:' \
    '--until[end once a leader has this value]:TEXT:' \
      '*:argument:_files' ;;
    resign) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--rev[only if its create revision (fencing token) is this]:INT:POSITIVE:' \
    '--revoke[end its whole lease]' \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--lease[the candidate of this lease (hex)]:ID:' \
    '--key[the candidate with this key]:TEXT:' \
    '--value[the candidate with this value]:TEXT:' \
    '--leader[whoever leads now]' \
    '--session[the candidate of the session in this file]:TEXT:' \
      '*:argument:_files' ;;
    inspect) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--rev[as of this revision of the store]:INT:NONNEGATIVE:' \
    '--etcdctl[print the etcdctl command that shows the same, and do no more]' \
      '*:argument:_files' ;;
    proclaim) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--rev[only if its create revision (fencing token) is this]:INT:POSITIVE:' \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '--lease[the candidate of this lease (hex)]:ID:' \
    '--key[the candidate with this key]:TEXT:' \
    '--session[the candidate of the session in this file]:TEXT:' \
      '*:argument:_files' ;;
    elect) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
    '-l[print every leader as it comes]' \
    '--listen[print every leader as it comes]' \
      '*:argument:_files' ;;
    completion) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
      '*:shell:(bash zsh fish)' ;;
    version) _arguments $global \
    '-h[Print this help message and exit]' \
    '--help[Print this help message and exit]' \
      '*:argument:_files' ;;
    *) _arguments $global && return; _describe command commands ;;
  esac
}
_electctl "$@"
