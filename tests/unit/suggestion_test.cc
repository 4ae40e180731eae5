// Words suggested for mistyped ones.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "grammar/suggestion.h"

TEST_CASE("suggestions: the word that was meant, and none for what is like no word") {
  const std::vector<std::string> words = {"campaign", "leader", "observe", "--print-value-only"};
  CHECK(cli::suggestion("campain", words) == "campaign");
  CHECK(cli::suggestion("laeder", words) == "leader");
  CHECK(cli::suggestion("obs", words) == "observe");
  CHECK(cli::suggestion("xyzzy", words) == std::nullopt);
  const std::vector<std::string> options = {"-h", "--version", "--wait", "--try"};
  CHECK(cli::suggestion("-v", options) == "--version");
  CHECK(cli::suggestion("-o", options) == std::nullopt);
  CHECK(cli::suggestion("--no-wait", options) == "--try");
  CHECK(cli::suggestion("--no-wait", std::vector<std::string>{"--wait"}) == std::nullopt);
  CHECK(cli::suggestion("--timeout", std::vector<std::string>{"--max-runtime", "--wait"}) == "--wait or --max-runtime");
  CHECK(cli::suggestion("--timeout", std::vector<std::string>{"--wait"}) == "--wait");
  CHECK(cli::suggestion(std::string(100'000, 'x'), words) == std::nullopt);
}
