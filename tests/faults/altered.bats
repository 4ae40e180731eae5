#!/usr/bin/env bats
# inspect --verify finds faults that a sound etcd never shows. The proxy alters etcd's answers to make them.
load proxied

setup() {
  start_election_behind_proxy
  lease=$(grant 600)
  key=$name/$lease
  etcdctl put --lease="$lease" "$key" value
}

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
# finds CHECK TEXT: whether this is the only check with a fault, and its line holds TEXT.
finds() {
  run -13 electctl --endpoints "$address" inspect "$name" --verify
  [[ $(awk '/^FAULT/ { print $2 }' <<<"$output") == "$1" ]]
  [[ $(grep ^FAULT <<<"$output") == *"$2"* ]]
}

@test "verify: through a proxy that alters nothing all is well" {
  run -0 electctl --endpoints "$address" inspect "$name" --verify
  [[ $output != *FAULT* ]]
}

@test "verify: a lease that is gone while its key stands" {
  # Field 5 is the key, field 3 the time to live. Both are replaced by a time to live of -1.
  plan "always LeaseTimeToLive 1 1 after alter 2a$(printf %02x ${#key})$(hex "$key") 18ffffffffffffffffff01"
  finds leases "lease $lease of $key is gone"
}

@test "verify: a lease that does not list its key" {
  plan "always LeaseTimeToLive 1 1 after alter $(hex "$key") $(hex "${key%?}z")"
  finds leases "lease $lease of $key does not list this key"
}

@test "verify: the server's election service names another leader than the listing" {
  plan "always Leader 1 1 after alter $(hex "$key") $(hex "${key%?}z")"
  finds service "says that ${key%?}z leads, but $key is the first of the listing"
}

@test "verify: an endpoint that shows another listing" {
  # All listings are compared with the first one.
  plan "once Range 2 1 after alter $(hex value) $(hex other)"
  finds endpoints "shows another listing at revision"
}
