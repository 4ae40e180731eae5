#!/usr/bin/env bats
# The installed library, used from outside the repository.
load ../cli/cluster

setup_file() {
  start_cluster
  export prefix=$BATS_FILE_TMPDIR/prefix
  cmake --install "$(dirname "$ELECTCTL")" --prefix "$prefix" >/dev/null
}
teardown_file() { stop_cluster; }
teardown() { end_started; }

@test "library: find_package(elect), and the example of two candidates, in under 60 lines" {
  (($(wc -l <"$root/tests/example/two_candidates.cc") < 60))
  cp -r "$root/tests/example" "$BATS_TEST_TMPDIR/example" # Outside the repository.
  cmake -S "$BATS_TEST_TMPDIR/example" -B "$BATS_TEST_TMPDIR/build" -DCMAKE_PREFIX_PATH="$prefix"
  cmake --build "$BATS_TEST_TMPDIR/build"
  run -0 "$BATS_TEST_TMPDIR/build/two_candidates" "$ETCDCTL_ENDPOINTS"
  [[ $output == $'observed e1\ne1 leads: yes, e2 leads: no\nobserved e2\ne2 leads: yes' ]]
}

# serves FILE: whether it has printed that it leads.
serves() { grep -q ' serves with token ' "$1"; }

@test "library: a service in 15 lines, by pkg-config and without a warning: one serves, the next after SIGTERM or resign" {
  (($(sed -n '/^int main/,/^}/p' "$root/tests/example/service.cc" | wc -l) <= 15))
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name elect.pc)")
  export PKG_CONFIG_PATH
  [[ $(pkg-config --modversion elect) == "$(grep -o '"[0-9.]*"' "$prefix/include/elect/version.h" | tr -d '"')" ]]
  # shellcheck disable=SC2046
  g++ -std=c++23 -Wall -Wextra -Werror "$root/tests/example/service.cc" $(pkg-config --cflags --libs elect) \
    -o "$BATS_TEST_TMPDIR/service"
  cd "$BATS_TEST_TMPDIR"
  start one exec ./service "$ETCDCTL_ENDPOINTS" one
  local one=$! two three
  wait_for 10 serves one
  start two exec ./service "$ETCDCTL_ENDPOINTS" two
  two=$!
  wait_for 10 stands service 2
  start three exec ./service "$ETCDCTL_ENDPOINTS" three
  three=$!
  wait_for 10 stands service 3
  run -1 serves two
  kill -TERM "$one"
  ended "$one" 0
  [[ $(tail -n 1 one) == "done" ]]
  wait_for 5 serves two  # Well before a lease of 10 s can have expired.
  run -1 serves three
  electctl resign service --leader
  ended "$two" 1
  [[ $(tail -n 1 two) == *' was deleted: somebody resigned it'* ]]
  wait_for 5 serves three
  kill -TERM "$three"
  ended "$three" 0
}

@test "library: another etcd client in the same program keeps its own classes of etcd's messages, and we ours" {
  cd "$BATS_TEST_TMPDIR"
  # The other client's generated code has the same packages, names and file name, but other fields. If both were linked
  # as one, either would break.
  cat >rpc.proto <<'END'
syntax = "proto3";
package etcdserverpb;
message ResponseHeader { string padding = 100; uint64 cluster_id = 1; int64 revision = 3; }
message RangeRequest { repeated string many = 100; map<string, string> more = 101; bytes key = 1; }
message RangeResponse { repeated string many = 100; ResponseHeader header = 1; int64 count = 4; }
service KV { rpc Range(RangeRequest) returns (RangeResponse); }
END
  cat >both.cc <<'END'
#include <cstdio>
#include <grpcpp/grpcpp.h>
#include "elect/election.h"
#include "rpc.grpc.pb.h"
int main(int, char** argv) {
  const std::string target = std::string(argv[1]).substr(std::string(argv[1]).find("//") + 2);
  etcdserverpb::KV::Stub theirs(grpc::CreateChannel(target, grpc::InsecureChannelCredentials()));
  etcdserverpb::RangeRequest request;
  request.set_key("both/1f");
  request.add_many("x");
  (*request.mutable_more())["a"] = "b";
  etcdserverpb::RangeResponse response;
  grpc::ClientContext context;
  const auto status = theirs.Range(&context, request, &response);
  const auto client = elect::Client::open({.endpoints = {argv[1]}});
  const auto ours = elect::Election::open(**client, "both")->candidates();
  std::printf("theirs: %s %ld, ours: %zu of value %s\n", status.error_message().c_str(), response.count(),
              ours->candidates.size(), ours->candidates.front().value.c_str());
}
END
  etcdctl put both/1f sevenfold
  protoc --cpp_out=. --grpc_out=. --plugin=protoc-gen-grpc="$(type -P grpc_cpp_plugin)" rpc.proto
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name elect.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046
  g++ -std=c++23 -I. both.cc rpc.pb.cc rpc.grpc.pb.cc $(pkg-config --cflags --libs elect protobuf) -o both
  run -0 ./both "$ETCDCTL_ENDPOINTS"
  [[ $output == 'theirs:  1, ours: 1 of value sevenfold' ]]
}

@test "library: opening a client leaves grpc's log to the program, unless it is told that nobody else uses grpc" {
  cd "$BATS_TEST_TMPDIR"
  cat >log.cc <<'END'
#include <cstdio>
#include <cstring>
#include <grpc/support/log.h>
#include "elect/client.h"
int main(int argc, char**) {
  gpr_set_log_function([](gpr_log_func_args* line) { std::printf("%s\n", line->message); });
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  elect::ClientOptions options;
  options.owns_grpc = argc > 1;
  const auto client = elect::Client::open(options);
  gpr_log(GPR_ERROR, "the program's own");
}
END
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name elect.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046
  g++ -std=c++23 log.cc $(pkg-config --cflags --libs elect gpr) -o log
  run -0 ./log
  [[ $output == "the program's own" ]]
  run -0 ./log owns
  [[ -z $output ]]
}

@test "library: each public header stands alone, and names neither grpc nor protobuf" {
  for header in "$prefix"/include/elect/*.h; do
    echo "#include \"elect/$(basename "$header")\"" | g++ -std=c++23 -fsyntax-only -Wall -Wextra -Werror -I "$prefix/include" -x c++ -
    run -1 grep -nE 'grpc[:/]|google::protobuf|etcdserverpb|mvccpb' "$header"
  done
}

@test "installed: program, man pages, completions and examples, and electctl version says the library's" {
  run -0 "$prefix/bin/electctl" version
  [[ ${lines[0]} == "electctl version: $(grep -o '"[0-9.]*"' "$prefix/include/elect/version.h" | tr -d '"')" ]]
  for file in share/man/man1/electctl.1 share/man/man1/electctl-campaign.1 share/bash-completion/completions/electctl \
    share/zsh/site-functions/_electctl share/fish/vendor_completions.d/electctl.fish \
    share/doc/electctl/examples/electctl-service.service share/doc/electctl/LICENSE; do
    [[ -s $prefix/$file ]]
  done
  [[ ! -e $prefix/share/lintian ]]  # This belongs to the Debian package.
}
