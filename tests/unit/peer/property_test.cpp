// Runs that chance makes: they hold for a sound carrier, repeat from their seed, and are made small before they are told.
#include <catch2/catch.hpp>

#include "peer/property_run.h"
#include "peer/recording.h"
#include "small_carrier.h"

using namespace tollgate;
using namespace tollgate::peer;
using namespace tollgate::peer::making;

namespace {

std::shared_ptr<const Program> small() { return *load_small(Wishes{}); }

PropertyCase every(std::vector<PropertyClause> always = {}) {
  PropertyCase property;
  property.name = "drawn";
  property.procedure = "charge";
  property.faults = 4;
  property.runs = 40;
  property.always = std::move(always);
  return property;
}

PropertyClause clause(PropertyClause::Of left, PropertyClause::Is is, PropertyClause::Of right, int64_t number = 0) {
  return {is, left, right, 0, number, "the clause"};
}

CaseResult run(const PropertyCase& property, uint64_t seed = 1) {
  TestSuite suite;
  suite.properties.push_back(property);
  RunnerOptions options;
  options.seed = seed;
  options.only = property.name;
  std::vector<CaseResult> results = run_properties(small(), suite, options);
  REQUIRE(results.size() == 1);
  return results[0];
}

}  // namespace

TEST_CASE("what holds for every carrier holds for a sound one, whatever is lost, late, doubled or forged") {
  CaseResult result = run(every());
  INFO(report(result));
  CHECK(result.passed());
  CHECK(result.runs == 40);
}

TEST_CASE("the same seed draws the same faults and the same story") {
  size_t kinds = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<DrawnFault> once = draw_faults(seed, 4), again = draw_faults(seed, 4);
    REQUIRE(once.size() == again.size());
    CHECK(once.size() <= 4);
    for (size_t i = 0; i < once.size(); ++i) CHECK(words_of(once[i]) == words_of(again[i]));
    kinds += once.size();
  }
  CHECK(kinds > 20);
  PropertyCase wrong = every({clause(PropertyClause::Of::charges, PropertyClause::Is::less, PropertyClause::Of::number, 1)});
  CaseResult first = run(wrong), second = run(wrong);
  REQUIRE(first.failure);
  REQUIRE(second.failure);
  CHECK(first.seed == second.seed);
  CHECK(first.failure->timeline == second.failure->timeline);
}

TEST_CASE("a clause that fails without any fault is told without one") {
  CaseResult result = run(every({clause(PropertyClause::Of::charges, PropertyClause::Is::less, PropertyClause::Of::number, 1)}));
  REQUIRE(result.failure);
  CHECK(result.failure->expected == "the clause");
  CHECK(result.failure->happened.find("(without any fault)") != std::string::npos);
  CHECK(result.failure->happened.find("charges 1") != std::string::npos);
  CHECK(result.failure->happened.find("asked UGX 1,") != std::string::npos);   // the smallest amount that still breaks it
}

TEST_CASE("a recording fills in what the procedure kept, and is refused when it is none") {
  auto value = [](std::string_view name) { return name == "charge.ref" ? std::optional<std::string>("R-7") : std::nullopt; };
  CHECK(*filled("/pay/{{charge.ref}}/x", value) == "/pay/R-7/x");
  CHECK(*filled("{{ left open", value) == "{{ left open");
  CHECK_FALSE(filled("{{charge.pin}}", value).ok());
  const char* sound = R"([{"request":{"method":"POST","path":"/pay"},"reply":{"status":200,"body":{"a":1}}}])";
  Result<std::vector<RecordedExchange>> read = parse_recording(sound);
  REQUIRE(read.ok());
  CHECK(read->at(0).body == "{\"a\":1}");
  for (const char* wrong : {"", "{}", "[]", "[1]", R"([{"request":{}}])", R"([{"request":{"method":"GET","path":"/"},"reply":{"status":99}}])",
                            R"([{"request":{"method":"GET","path":"/"},"reply":{"status":200,"headers":{"A":1}}}])"}) {
    INFO(wrong);
    CHECK_FALSE(parse_recording(wrong).ok());
  }
}
