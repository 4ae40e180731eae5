# For files whose every test has links to one member (see links.bash), and an election of its own, $name. A file that needs
# something else defines its own setup_file, setup or teardown after loading this.
load ../cli/cluster
load links

setup_file() { start_cluster; }
teardown_file() { stop_cluster; }
# shellcheck disable=SC2034
setup() { name=$(name_of_test); }
teardown() {
  end_started
  end_links
}
