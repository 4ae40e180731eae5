#!/usr/bin/env bats
# The completions, tried in the shells themselves, with names of elections from the store.
load cluster

setup_file() {
  start_cluster
  mkdir "$BATS_FILE_TMPDIR/bin"
  ln -s "$ELECTCTL" "$BATS_FILE_TMPDIR/bin/electctl"
  export PATH=$BATS_FILE_TMPDIR/bin:$PATH
  etcdctl put web/front/1a one
  etcdctl put web/back/1b two
  etcdctl put web/back/1c three
  etcdctl put 'web:x/1d' four
  etcdctl put 'web space/1e' five
  etcdctl put $'web\x1b[2J/1f' hostile
  etcdctl put other/20 six
}
teardown_file() { stop_cluster; }
setup() { formats=(simple fields json table protobuf prometheus svg); }
teardown() { end_started; }

# what_SHELL LINE: prints what the shell completes LINE to, one a line, sorted.
what_bash() {
  bash --norc -c '
    source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; read -ra COMP_WORDS <<<"$2"
    [[ $2 != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _electctl; ((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"
  ' bash "$root/completions/electctl.bash" "$1" | sort
}
what_fish() { fish --no-config -c "source '$root/completions/electctl.fish'; complete -C '$1'" | cut -f1 | sort; }
# zsh completes only what is typed on a terminal. So this types LINE, and writes down what zsh would offer.
what_zsh() {
  zsh -f -c '
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "PS1=; autoload -U compinit; compinit -u -D -d \$TMPPREFIX.dump; source $1; stty -echo"
    zpty -w z "compadd() { local -a offered; builtin compadd -O offered \"\$@\"; print -rl -- \$offered >>\$FOUND; builtin compadd \"\$@\" }"
    zpty -w z "list() { : >\$FOUND; zle complete-word; print done >\$FOUND.done }; zle -N list; bindkey \"^T\" list"
    zpty -w z ": >\$FOUND.ready"
    while [[ ! -e $FOUND.ready ]]; do sleep 0.02; done
    zpty -w -n z "$2"$(printf "\024")
    for i in {1..500}; do [[ -e $FOUND.done ]] && break; sleep 0.02; done
    zpty -d z
  ' zsh "$root/completions/electctl.zsh" "$1" >/dev/null
  grep . "$FOUND" | sort -u
}

# offers SHELL LINE WORD...: whether the shell offers exactly these words.
offers() {
  local shell=$1 line=$2
  shift 2
  export TMPPREFIX=$BATS_TEST_TMPDIR/zsh FOUND=$BATS_TEST_TMPDIR/found.$((++asked))
  diff <("what_$shell" "$line") <(if (($#)); then printf '%s\n' "$@" | sort; fi)
}

@test "completion: the scripts in completions/ are what the program prints" {
  for shell in bash zsh fish; do
    diff <(electctl completion "$shell") "$root/completions/electctl.$shell"
  done
}

@test "bash: subcommands, options and names of elections" {
  offers bash 'electctl lea' leader
  offers bash 'electctl completion z' zsh
  offers bash 'electctl help c' campaign completion
  offers bash 'electctl help campaign '
  offers bash 'electctl --vers' --version
  offers bash 'electctl leader --print' --print-value-only
  offers bash 'electctl leader --pass' --password --password-file
  offers bash 'electctl leader web/' web/front web/back
  offers bash "electctl --endpoints $ETCDCTL_ENDPOINTS observe --count 3 oth" other
  offers bash 'electctl leader web' web/front web/back web:x 'web\ space'
  offers bash 'electctl leader other '
  offers bash 'electctl --endpoints '
  offers bash 'electctl -w ' "${formats[@]}"
  offers bash 'electctl elect web/front --write-out p' protobuf
  offers bash 'electctl inspect --write-out=p' --write-out=prometheus
  offers bash 'electctl leader web/front -w ' simple fields json
  offers bash 'electctl proclaim web/front -w '
  offers bash 'electctl version -w '
}

@test "completion: the formats that are offered for a subcommand are those that it supports" {
  export ETCDCTL_ENDPOINTS=127.0.0.1:1 ETCDCTL_DIAL_TIMEOUT=10ms
  for command in 'campaign a' 'leader a' 'observe a' 'resign a --leader' 'elect a v' 'inspect a'; do
    supported=()
    for format in "${formats[@]}"; do
      # A picture is a form of its history.
      [[ $command != inspect* || $format != svg ]] || command+=' --history'
      # shellcheck disable=SC2086
      run electctl $command -w "$format"
      [[ $status == 2 ]] && supported+=("$format") || [[ $status == 4 ]]
    done
    offers bash "electctl ${command%% *} a -w " "${supported[@]}"
  done
}

@test "fish: subcommands, options and names of elections" {
  offers fish 'electctl lea' leader
  offers fish 'electctl help c' campaign completion
  offers fish 'electctl leader --print' --print-value-only
  offers fish 'electctl leader web/' web/front web/back
  offers fish 'electctl -w ' "${formats[@]}"
  offers fish 'electctl inspect web/front --write-out p' prometheus
  offers fish 'electctl leader web/front -w ' simple fields json
  offers fish "electctl --endpoints $ETCDCTL_ENDPOINTS observe --count 3 oth" other
}

@test "zsh: subcommands, options and names of elections" {
  offers zsh 'electctl lea' leader
  offers zsh 'electctl help c' campaign completion
  offers zsh 'electctl leader --print' --print-value-only
  offers zsh 'electctl leader web/' web/front web/back
  offers zsh 'electctl -w ' "${formats[@]}"
  offers zsh 'electctl inspect web/front --write-out p' prometheus
  offers zsh 'electctl leader web/front -w ' simple fields json
}

@test "names of elections: within 300 ms or not at all" {
  start_silent
  before=$(date +%s%N)
  run -0 electctl __elections web --endpoints "$silent"
  took=$((($(date +%s%N) - before) / 1000000))
  [[ -z $output ]]
  # electctl allows itself less time. A busy machine adds some.
  ((took < 1500))
  run -0 electctl __elections web --endpoints 127.0.0.1:1
  [[ -z $output ]]
}

@test "names of elections: nobody is asked for a password" {
  ETCDCTL_USER=somebody run -0 timeout 5 "$ELECTCTL" __elections web </dev/null
}
