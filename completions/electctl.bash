# bash completion of electctl, made by `electctl completion bash`
_electctl() {
  local line=${COMP_LINE:0:COMP_POINT} current='' command='' arguments=0 words='' formats before i
  local -a typed globals=() found=()
  read -ra typed <<<"$line"
  [[ $line == *[[:blank:]] ]] || { current=${typed[-1]}; unset 'typed[-1]'; }
  for ((i = 1; i < ${#typed[@]}; i++)); do
    case ${typed[i]} in
      --) return ;;
      --endpoints | --cacert | --cert | --key) globals+=("${typed[i]}" "${typed[i + 1]-}"); ((++i)) ;;
      --endpoints=* | --cacert=* | --cert=* | --key=*) globals+=("${typed[i]}") ;;
      -d | --discovery-srv | --discovery-srv-name | --user | --password | --password-file | --auth-jwt-token | --dial-timeout | --command-timeout | --keepalive-time | --keepalive-timeout | -w | --write-out | --ttl | --lease | --wait | -E | --conflict-exit-code | --session | --once | --linger | --lock-delay | --kill-after | --max-runtime | --once-keep | --is | --rev | --consistency | --count | --timeout | --until | --value | --all | --from | --id) ((++i)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=${typed[i]}; else ((++arguments)); fi ;;
    esac
  done
  case $command in
    campaign | leader | observe | resign) formats='simple fields json' ;;
    inspect) formats='simple fields json table prometheus svg' ;;
    proclaim | completion | help | version) formats='' ;;
    elect) formats='simple fields json protobuf' ;;
    *) formats='simple fields json table protobuf prometheus svg' ;;
  esac
  if ((i > ${#typed[@]})); then  # The value of an option.
    case ${typed[-1]} in
      -w | --write-out) mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$current") ;;
      --dial-timeout | --command-timeout | --keepalive-time | --keepalive-timeout | --ttl | --wait | --linger | --lock-delay | --kill-after | --max-runtime | --once-keep | --timeout) mapfile -t COMPREPLY < <(compgen -W '500ms 1s 5s 10s 30s 1m 5m 1h 24h' -- "$current") ;;
    esac
    return
  fi
  if [[ $current == --write-out=* ]]; then
    mapfile -t found < <(compgen -P --write-out= -W "$formats" -- "${current#*=}")
  elif [[ $current == -* ]]; then
    case $command in
      campaign) words='-h --help --ttl --lease --try --wait -E --conflict-exit-code --rejoin --session --once --linger --lock-delay --kill-after --max-runtime --once-keep --retry' ;;
      leader) words='-h --help --is --wait --rev --consistency --print-value-only --keys-only' ;;
      observe) words='-h --help --prefix --rev --is --count --timeout --kill-after --until' ;;
      resign) words='-h --help --rev --revoke --lease --key --value --leader --session' ;;
      inspect) words='-h --help --all --rev --history --from --watch --verify --runs --id --etcdctl' ;;
      proclaim) words='-h --help --rev --lease --key --session' ;;
      elect) words='-h --help -l --listen' ;;
      completion) words='-h --help' ;;
      help) words='-h --help' ;;
      version) words='-h --help' ;;
    esac
    mapfile -t found < <(compgen -W "$words -h --help --version --endpoints -d --discovery-srv --discovery-srv-name --insecure-discovery --cacert --cert --key --insecure-skip-tls-verify --insecure-transport --user --password --password-file --auth-jwt-token --dial-timeout --command-timeout --keepalive-time --keepalive-timeout -w --write-out --hex --debug" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t found < <(compgen -W 'campaign leader observe resign inspect proclaim elect completion help version' -- "$current")
  elif [[ $command == completion ]]; then
    mapfile -t found < <(compgen -W 'bash zsh fish' -- "$current")
  elif [[ $command == help ]]; then
    ((arguments > 0)) || mapfile -t found < <(compgen -W 'campaign leader observe resign inspect proclaim elect completion help version' -- "$current")
  elif ((arguments == 0)); then
    case $command in
      campaign | leader | observe | resign | inspect | proclaim | elect)
        mapfile -t found < <("${COMP_WORDS[0]}" "${globals[@]}" __elections "$current" 2>/dev/null)
        for i in "${!found[@]}"; do printf -v 'found[i]' %q "${found[i]}"; done
        ;;
    esac
  fi
  # Readline replaces no more than what is behind the last ':' or '='.
  before=${current%"${COMP_WORDS[COMP_CWORD]}"}
  COMPREPLY=("${found[@]#"$before"}")
}
complete -o default -o nosort -F _electctl electctl
