#!/usr/bin/env bats
# Which folder may include which. cli/README.md and lib/README.md show the same as a picture.

setup() { cd "$BATS_TEST_DIRNAME/../.." || exit; }

# includes FOLDER ALLOWED...: whether the files in FOLDER include only files of these folders (".": the parent folder).
only_includes() {
  local folder=$1 file included room wrong=''
  shift
  for file in "$folder"/*.h "$folder"/*.cc "$folder"/*/*.h "$folder"/*/*.cc; do
    [[ -e $file ]] || continue
    while read -r included; do
      room=${included%%/*}
      [[ $included == */* ]] || room=.
      [[ " $* " == *" $room "* || " $* " == *" $included "* ]] || wrong+="$file includes $included"$'\n'
    done < <(sed -n 's/^ *#include "\(.*\)"$/\1/p' "$file")
  done
  [[ -z $wrong ]] || { echo "$wrong"; return 1; }
}

@test "rooms: of the program's rooms each stands on those below it alone" {
  only_includes cli/render render elect rpc.pb.h
  only_includes cli/process process elect .
  only_includes cli/account account elect .
  only_includes cli/grammar grammar render account elect .
  only_includes cli/commands commands grammar render account process elect .
  # Beside main.cc: the output stands on the exit codes, and they on the library alone.
  local files allowed wrong
  for files in 'exit_code exit_code' 'reader reader|exit_code' 'output output|reader|exit_code'; do
    read -r files allowed <<<"$files"
    wrong=$(grep -H '#include "' cli/"$files".* | grep -vE "\"(elect/.*|($allowed)\.h)\"" || true)
    [[ -z $wrong ]] || { echo "$wrong"; return 1; }
  done
}

@test "rooms: the library's operations stand on its wire, and that on its model" {
  local model=(elect/candidates.h elect/chronicle.h elect/clock.h elect/duration.h elect/elections.h
    elect/error.h elect/names.h elect/options.h elect/run.h elect/store.h elect/text.h elect/thread.h elect/validity.h)
  local file included
  for file in lib/model/*.cc; do
    while read -r included; do
      [[ " ${model[*]} " == *" $included "* || $included == model/*.inc ]] || { echo "$file includes $included"; return 1; }
    done < <(sed -n 's/^ *#include "\(.*\)"$/\1/p' "$file")
  done
  for file in lib/wire/*.h lib/wire/*.cc; do
    while read -r included; do
      [[ " ${model[*]} " == *" $included "* || $included == wire/* || $included == rpc.* ]] ||
        { echo "$file includes $included"; return 1; }
    done < <(sed -n 's/^ *#include "\(.*\)"$/\1/p' "$file")
  done
  for included in "${model[@]}"; do
    while read -r file; do
      [[ " ${model[*]} " == *" $file "* ]] || { echo "$included includes $file"; return 1; }
    done < <(sed -n 's/^ *#include "\(.*\)"$/\1/p' "lib/include/$included")
  done
}

@test "rooms: no header of the library shows grpc or protobuf" {
  shown=$(grep -nE '#include .*(grpc|google|\.pb\.)' lib/include/elect/*.h || true)
  [[ -z $shown ]]
}
