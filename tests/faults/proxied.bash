# For files whose every test has a proxy in front of the cluster, and an election of its own, $name. A file that needs more
# defines its own setup_file or setup after loading this.
load ../cli/cluster
load callproxy

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
start_election_behind_proxy() {
  # shellcheck disable=SC2034
  name=$(name_of_test)
  start_callproxy
}
setup() { start_election_behind_proxy; }
teardown() { end_started; }
