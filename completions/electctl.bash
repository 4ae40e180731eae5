# bash completion of electctl, made by `electctl completion bash`
_electctl() {
  local current=${COMP_WORDS[COMP_CWORD]} command='' word words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      --) COMPREPLY=(); return ;;
      campaign) command=${command:-campaign} ;;
      leader) command=${command:-leader} ;;
      observe) command=${command:-observe} ;;
      resign) command=${command:-resign} ;;
      inspect) command=${command:-inspect} ;;
      proclaim) command=${command:-proclaim} ;;
      elect) command=${command:-elect} ;;
      completion) command=${command:-completion} ;;
      version) command=${command:-version} ;;
    esac
  done
  case $command in
    campaign) words='-h --help --ttl --lease --try --wait -E --conflict-exit-code --rejoin --session --once --linger --lock-delay --kill-after --max-runtime --once-keep' ;;
    leader) words='-h --help --is --rev --consistency --print-value-only --keys-only' ;;
    observe) words='-h --help --rev --count --timeout --until' ;;
    resign) words='-h --help --rev --revoke -h --help --lease --key --value --leader --session' ;;
    inspect) words='-h --help --rev --etcdctl' ;;
    proclaim) words='-h --help --rev -h --help --lease --key --session' ;;
    elect) words='-h --help -l --listen' ;;
    completion) words='bash zsh fish -h --help' ;;
    version) words='-h --help' ;;
    *) words='campaign leader observe resign inspect proclaim elect completion version' ;;
  esac
  [[ $current == -* ]] && words+=' -h --help --endpoints --cacert --cert --key --insecure-skip-tls-verify --insecure-transport --user --password --password-file --auth-jwt-token --dial-timeout --command-timeout --keepalive-time --keepalive-timeout -w --write-out --hex --debug'
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _electctl electctl
