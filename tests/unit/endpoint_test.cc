#include "wire/endpoint.h"

#include <doctest/doctest.h>

using namespace elect;

TEST_CASE("endpoints are read as etcdctl's users write them") {
  CHECK(parse_endpoint("127.0.0.1:2379")->target == "dns:///127.0.0.1:2379");
  CHECK(parse_endpoint("http://host:2379")->plain);
  CHECK(parse_endpoint("https://host:2379/")->tls);
  CHECK(parse_endpoint("https://host:2379/")->target == "dns:///host:2379");
  CHECK(parse_endpoint("HTTP://host:2379")->plain);
  CHECK(parse_endpoint("Https://host:2379")->tls);
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

TEST_CASE("an endpoint with an account in front of it is refused, and its password is not shown") {
  for (const char* text :
       {"http://user:secret@host:2379", "user:secret@host:2379", "https://u:sec@ret/secret@host:2379"}) {
    const auto parsed = parse_endpoint(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().message == "endpoint 'host:2379' is written with an account in front of it");
    CHECK(parsed.error().remedy == Remedy::user);
  }
}

TEST_CASE("several endpoints in one are refused, and the comma is named") {
  for (const char* text : {"host:1;host:2", "host:1 host:2", "http://host:1;http://host:2"}) {
    CHECK(parse_endpoint(text).error().message.ends_with("separate endpoints by commas"));
  }
}

TEST_CASE("a socket's path is refused if it is longer than a socket's address can be") {
  CHECK(parse_endpoint("unix:///" + std::string(106, 'x')).has_value());
  CHECK(
      parse_endpoint("unix:///" + std::string(107, 'x')).error().message.ends_with("a socket's has at most 107 bytes"));
}
