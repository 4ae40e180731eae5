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
  # The subcommand's own options come first.
  local -a global commands formats
  local i command=''
  zstyle -g i ':completion:*:*:electctl:*:options' sort || zstyle ':completion:*:*:electctl:*:options' sort false
  global=( \
    '-h[print this help]' \
    '--help[print this help]' \
    '--version[print the version]' \
    '--endpoints[etcd'\''s client URLs, separated by commas]:URLS:_files' \
    '-d[find the endpoints in this domain'\''s DNS SRV records]:DOMAIN:_files' \
    '--discovery-srv[find the endpoints in this domain'\''s DNS SRV records]:DOMAIN:_files' \
    '--discovery-srv-name[the cluster of this name, if the domain has several]:NAME:_files' \
    '--insecure-discovery[=false\: use only discovered endpoints with TLS, whose certificates must be for the domain]' \
    '--cacert[verify the server'\''s certificate with this CA (PEM)]:FILE:_files' \
    '--cert[this client'\''s certificate (PEM), with --key]:FILE:_files' \
    '--key[the private key of --cert (PEM, no passphrase)]:FILE:_files' \
    '--insecure-skip-tls-verify[accept any server certificate, for tests]' \
    '--insecure-transport[=false\: use TLS for endpoints without a scheme (default\: only with --cacert or --cert)]' \
    '--user[log in as NAME or NAME\:PASSWORD]:NAME\[\:PASSWORD\]:_files' \
    '--password[the password of --user, which others may see until electctl hides it]:PASSWORD:_files' \
    '--password-file[take the password of --user from this file'\''s first line, even if --password is given]:FILE:_files' \
    '--auth-jwt-token[log in with this token, instead of --user]:TOKEN:_files' \
    '--dial-timeout[how long to try to reach an endpoint]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--command-timeout[how long one call may take]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--keepalive-time[ping an endpoint that is silent for this long]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--keepalive-timeout[leave an endpoint that does not answer a ping for this long]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '-w[simple, fields, json, table, prometheus, svg or protobuf, as far as the subcommand supports it]:FORMAT:{ compadd -a formats }' \
    '--write-out[simple, fields, json, table, prometheus, svg or protobuf, as far as the subcommand supports it]:FORMAT:{ compadd -a formats }' \
    '--hex[print names and values as hex]' \
    '--debug[log each etcd call to stderr]' \
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
    'help:print the help of a subcommand' \
    'version:print the version' \
  )
  for (( i = 2; i < CURRENT; i++ )); do
    if [[ -n ${(M)commands:#${words[i]}:*} ]]; then command=${words[i]}; break; fi
  done
  case $command in
    (campaign|leader|observe|resign) formats=(simple fields json) ;;
    (inspect) formats=(simple fields json table prometheus svg) ;;
    (proclaim|completion|help|version) formats=() ;;
    (elect) formats=(simple fields json protobuf) ;;
    (*) formats=(simple fields json table protobuf prometheus svg) ;;
  esac
  case $command in
    campaign) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--ttl[if this host dies, the next candidate leads after this time (of the lease]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--lease[stand under this existing lease (hex), which is kept alive and not revoked]:ID:_files' \
    '--try[if another leads, withdraw and exit 11]' \
    '--wait[if not elected within this time, withdraw and exit 11]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '-E[exit with N in place of 11]:N:_files' \
    '--conflict-exit-code[exit with N in place of 11]:N:_files' \
    '--rejoin[if leadership or the place in the queue is lost, stand again as the last one in it]' \
    '--session[keep the candidacy in FILE from one run to the next]:FILE:_files' \
    '--once[run CMD only if it has not run for this ID in this election, else exit 11]:ID:_files' \
    '--linger[keep leading at least this long, even if CMD ends earlier]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--lock-delay[delay CMD by this time if it had to wait]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--kill-after[how long CMD has from SIGTERM to SIGKILL when it must end]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--max-runtime[end CMD after this time, and exit 124]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--once-keep[how long the ID of --once is remembered after its run began]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--retry[with --once\: run again what failed, was ended or is abandoned]' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    leader) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--is[print nothing, and exit 0 if VALUE leads, 11 if another leads, 10 if nobody leads]:VALUE:_files' \
    '--wait[wait until somebody leads]' \
    '--rev[as of this revision of the store]:N:_files' \
    '--consistency[l\: what the majority agreed on]:l|s:_files' \
    '--print-value-only[print only the value]' \
    '--keys-only[print only the key, as etcdctl does]' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    observe) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--prefix[all elections whose names begin with NAME]' \
    '--rev[begin with the leader as of this revision of the store]:N:_files' \
    '--is[print only leader or follower, when VALUE begins or ceases to lead]:VALUE:_files' \
    '--count[end after this many lines]:N:_files' \
    '--timeout[end after this time (0\: at once), and exit 11 if --count or --until is not fulfilled]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--kill-after[how long CMD has from SIGTERM to SIGKILL when --timeout ends it]:DURATION:(500ms 1s 5s 10s 30s 1m 5m 1h 24h)' \
    '--until[end once a leader has this value]:VALUE:_files' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    resign) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--rev[only if its create revision (fencing token) is this]:N:_files' \
    '--revoke[revoke its lease, which ends whatever else stands on it]' \
    '--lease[the candidate of this lease (hex)]:ID:_files' \
    '--key[the candidate with this key]:KEY:_files' \
    '--value[the candidate with this value]:VALUE:_files' \
    '--leader[whoever leads now]' \
    '--session[the candidate of the session in this file]:FILE:_files' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    inspect) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--all[list every election whose name begins with PREFIX]:PREFIX:_files' \
    '--rev[as of this revision of the store]:N:_files' \
    '--history[list every term that is still in the store]' \
    '--from[begin the history at this revision]:N:_files' \
    '--watch[show the candidates again at each change, until Ctrl-C]' \
    '--verify[check that the election is sound, and exit 13 if it is not]' \
    '--runs[show the run ledger\: what campaign --once ran, and how it ended]' \
    '--id[only this run]:ID:_files' \
    '--etcdctl[print the etcdctl commands that show the same, and do nothing else]' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    proclaim) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '--rev[only if its create revision (fencing token) is this]:N:_files' \
    '--lease[the candidate of this lease (hex)]:ID:_files' \
    '--key[the candidate with this key]:KEY:_files' \
    '--session[the candidate of the session in this file]:FILE:_files' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    elect) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    '-l[print every leader as it comes]' \
    '--listen[print every leader as it comes]' \
    $global '1:command:' '2:election:_electctl_elections' '*:argument:_files' ;;
    completion) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    $global '1:command:' '2:shell:(bash zsh fish)' ;;
    help) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    $global '1:command:' '2:subcommand:{ _describe command commands }' ;;
    version) _arguments \
    '-h[print this help]' \
    '--help[print this help]' \
    $global '1:command:'  ;;
    *) _arguments $global '1:command:{ _describe command commands }' ;;
  esac
}
if [[ ${funcstack[1]} == _electctl ]]; then _electctl "$@"; else compdef _electctl electctl; fi
