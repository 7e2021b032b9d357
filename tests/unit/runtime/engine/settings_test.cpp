// Breaks if a setting that cannot be meant is accepted at the load and found out at the first charge: bases whose path would be lost, secrets that are empty.
#include <catch2/catch.hpp>

#include "tests/unit/runtime/engine/world.h"

using namespace tollgate;

namespace {

// Why the sample carrier does not load with these settings; empty if it does.
std::string refusal(std::map<std::string, std::string> settings) {
  Sample sample;
  auto program = Program::load(std::move(sample.m));
  REQUIRE(program.ok());
  World w;
  Engine engine(Ports{&w.clock, &w.random, &w.store, &w.links, &w.vault, &w.observer, &w.alarm}, {});
  const Status added = engine.add(*program, settings);
  if (added.ok()) return "";
  CHECK(added.error().message.find('\n') == std::string::npos);
  return added.error().code + ": " + added.error().message;
}

std::string refusal_of_base(const std::string& base) { return refusal({{"base", base}, {"api_key", "s3cret-canary"}}); }

}  // namespace

TEST_CASE("a base is an absolute URL to which a path can be added") {
  for (const char* good : {"http://127.0.0.1:1", "http://127.0.0.1:1/api/", "http://localhost/api", "http://[::1]:8080", "https://api.example.com:8443/v1"}) {
    INFO(good);
    CHECK(refusal_of_base(good).empty());
  }
  for (const char* bad : {"https://api.example.com/?x=1", "https://api.example.com/m#x", "https://api.example.com?", "https://api.example.com:0", "https://api.example.com:99999", "https://api.example.com:x",
                          "https://:80", "https://a b", "http://127.0.0.1/a,http://127.0.0.1/b,?"}) {
    INFO(bad);
    CHECK(refusal_of_base(bad).starts_with("setting_invalid: carrier mtn_ug: setting `base` "));
  }
}

TEST_CASE("plain http goes to a loopback address, not to a name that begins like one") {
  for (const char* elsewhere : {"http://127.0.0.1.evil.example", "http://127.evil.example:80/x", "http://localhost.evil.example", "http://10.0.0.1"}) {
    INFO(elsewhere);
    CHECK(refusal_of_base(elsewhere).starts_with("link_in_clear: "));
  }
}

TEST_CASE("a password in a base is refused and not repeated") {
  for (const char* base : {"http://canary-u:canary-p@127.0.0.1:1/m", "https://canary-u:canary-p@api.example.com", "http://canary-u@10.0.0.1/?x"}) {
    const std::string told = refusal_of_base(base);
    CHECK(told.starts_with("setting_invalid: carrier mtn_ug: setting `base` has a user or a password"));
    CHECK(told.find("canary") == std::string::npos);
  }
}

TEST_CASE("a secret or a base that is empty is refused, not sent") {
  CHECK(refusal({{"base", "http://127.0.0.1:1"}, {"api_key", ""}}) == "setting_invalid: carrier mtn_ug: setting `api_key` is empty");
  CHECK(refusal_of_base("") == "setting_invalid: carrier mtn_ug: setting `base` is empty");
}
