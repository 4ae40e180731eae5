#include "wire/endpoint.h"

#include <doctest/doctest.h>

using namespace elect;

TEST_CASE("endpoints are read as etcdctl's users write them") {
  CHECK(parse_endpoint("127.0.0.1:2379")->target == "dns:///127.0.0.1:2379");
  CHECK(parse_endpoint("http://host:2379")->plain);
  CHECK(parse_endpoint("https://host:2379/")->tls);
  CHECK(parse_endpoint("https://host:2379/")->target == "dns:///host:2379");
  CHECK(parse_endpoint("[::1]:2379")->target == "dns:///[::1]:2379");
  CHECK(parse_endpoint("unix:///run/etcd.sock")->target == "unix:/run/etcd.sock");
}

TEST_CASE("an endpoint that cannot work is refused before anything is sent") {
  for (const char* text :
       {"", "host", ":2379", "host:", "host:x", "host:0", "host:65536", "::1:2379", "ftp://host:1", "unix:"}) {
    CAPTURE(text);
    const auto parsed = parse_endpoint(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == Errc::usage);
  }
}
