// Scenarios: what is read, what is refused and with which words, and that a seed decides everything.
#include <catch2/catch.hpp>

#include "peer/scenario.h"

using namespace tollgate;
using namespace tollgate::peer;

TEST_CASE("a scenario is read with its shares and times") {
  Result<Scenario> s = parse_scenario(R"({ "seed": 7,
    "outcomes": { "succeeded": 0.8, "declined": { "insufficient_funds": 0.15 }, "failed": { "carrier_error": 0.05 } },
    "latency": { "uniform_ms": [5, 40] }, "decision": { "tail_ms": [200, 8000] }, "immediate": 0.25,
    "faults": { "lost_reply": 0.02, "slow": 0.01, "slow_ms": 30000 },
    "callbacks": { "early": 0.1, "late": 0.05, "twice": 0.05, "never": 0.1, "late_delay": { "fixed_ms": 60000 },
                   "redelivered": 0.5, "redelivery_delay": { "uniform_ms": [200, 600] } } })");
  REQUIRE(s.ok());
  CHECK(s->seed == 7);
  REQUIRE(s->outcomes.size() == 3);
  CHECK(words_of(s->outcomes[1].verdict) == "declined insufficient_funds");
  CHECK(s->outcomes[1].share == 150'000);
  CHECK(s->immediate == 250'000);
  CHECK(s->latency.upto_us == 40'000);
  CHECK(s->faults.lost_reply == 20'000);
  CHECK(s->faults.slow_us == 30'000'000);
  CHECK(s->callbacks.late_delay.from_us == 60'000'000);
  CHECK(s->callbacks.redelivered == 500'000);
  CHECK(s->callbacks.redelivery_delay.upto_us == 600'000);
}

TEST_CASE("a bad scenario is refused by the member's name") {
  auto message = [](std::string_view text) {
    Result<Scenario> s = parse_scenario(text);
    REQUIRE_FALSE(s.ok());
    return s.error().message;
  };
  CHECK(message("{") == "the scenario is not valid JSON");
  CHECK(message("[]").find("must be an object") != std::string::npos);
  CHECK(message(R"({"sed": 1})").find("`sed`") != std::string::npos);
  CHECK(message(R"({"seed": -1})").find("`seed`") != std::string::npos);
  CHECK(message(R"({"faults": {"lost_replies": 0.1}})").find("`faults.lost_replies`") != std::string::npos);
  CHECK(message(R"({"faults": {"lost_reply": 1.5}})").find("between 0 and 1") != std::string::npos);
  CHECK(message(R"({"outcomes": {"declined": {"a": 0.7, "b": 0.6}}})").find("more than 1") != std::string::npos);
  CHECK(message(R"({"outcomes": {"declined": {"a": "x"}}})").find("`outcomes.declined.a`") != std::string::npos);
  CHECK(message(R"({"latency": {"uniform_ms": [9, 3]}})").find("`latency`") != std::string::npos);
  CHECK(message(R"({"callbacks": {"early": 0.6, "late": 0.6}})").find("more than 1") != std::string::npos);
  CHECK(message(std::string(70'000, ' ')) == "the scenario is larger than 64 KiB");
}

TEST_CASE("distributions keep to their bounds, and a tail has most of its draws near the start") {
  Seeded seeded(3);
  Distribution uniform{Distribution::Kind::uniform, 10, 20}, tail{Distribution::Kind::tail, 0, 1000};
  int low = 0;
  for (int i = 0; i < 2000; ++i) {
    int64_t u = uniform.draw(seeded), t = tail.draw(seeded);
    CHECK((u >= 10 && u <= 20));
    CHECK((t >= 0 && t <= 1000));
    low += t < 125 ? 1 : 0;
  }
  CHECK(low > 850);
  CHECK(low < 1150);
}

TEST_CASE("the same seed draws the same, another does not") {
  Seeded a(5), b(5), c(6);
  std::string x = a.letters(20), y = b.letters(20), z = c.letters(20);
  CHECK(x == y);
  CHECK(x != z);
}
