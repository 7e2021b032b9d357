// What a module can cost, counted by hand for the sample, and what grows with what.
#include <catch2/catch.hpp>

#include "runtime/bytecode/cost.h"
#include "runtime/bytecode/bounds.h"
#include "tests/unit/runtime/bytecode/sample_module.h"

using namespace tollgate;

namespace {

Cost cost_of(const std::function<void(Module&)>& change = {}) {
  Sample sample;
  if (change) change(sample.m), canonicalize(sample.m);
  REQUIRE(verify(sample.m).ok());
  return sample.m.costs[0];
}

constexpr uint64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs;
constexpr Index kAwait = 0, kDoubt = 1;   // targets of the sample

// Questions in that time at 5 s, 15 s, then every minute, with the hints that may bring more.
uint64_t questions(uint64_t within_ms) { return 2 + (within_ms - 20'000) / kMinuteMs + 1 + bounds::kHints * 3; }

}  // namespace

TEST_CASE("requests are the transmissions that the carrier's promise allows") {
  CHECK(cost_of().requests == bounds::kTransmissions);
  CHECK(cost_of([](Module& m) { m.exchanges[0].has_once = false; m.exchanges[0].arms.erase(m.exchanges[0].arms.begin() + 1); }).requests == 1);
}

TEST_CASE("enquiries are those of every wait, and of every doubt that a repeat may follow") {
  auto once = [](Module& m) { m.exchanges[0].has_once = false; m.exchanges[0].arms.erase(m.exchanges[0].arms.begin() + 1); };
  const Cost one = cost_of(once);
  CHECK(one.enquiries == questions(10 * kMinuteMs) + questions(24 * kHourMs));
  CHECK(one.sessions == one.requests + one.enquiries);
  CHECK(one.doubt_ms == 24 * kHourMs);
  CHECK(one.wait_ms == bounds::kSendByMs + 23'000 + 10 * kMinuteMs);
  // Twice more what fits into the time in which it may be sent again.
  const Cost three = cost_of();
  CHECK(three.enquiries == one.enquiries + 2 * (questions(10 * kMinuteMs) + questions(15 * kMinuteMs)));
  CHECK(three.wait_ms == bounds::kSendByMs + 3 * 23'000 + 10 * kMinuteMs + 15 * kMinuteMs);
}

TEST_CASE("a shorter pace, a longer wait and one more proof cost more") {
  const Cost as_is = cost_of();
  CHECK(cost_of([](Module& m) { m.enquiries[0].every_ms = {1000}; }).enquiries > 24 * 3600);
  CHECK(cost_of([](Module& m) { m.targets[kAwait].within_ms += kHourMs; }).wait_ms == as_is.wait_ms + kHourMs);
  CHECK(cost_of([](Module& m) { m.targets[kDoubt].proofs.push_back(m.targets[kDoubt].proofs[0]); }).doubt_ms > as_is.doubt_ms + 24 * kHourMs - 1);
  // What comes after a person is asked does not come by itself.
  CHECK(cost_of([](Module& m) {
          Proof person;
          m.targets[kDoubt].proofs.insert(m.targets[kDoubt].proofs.begin(), person);
        }).doubt_ms == 0);
}

TEST_CASE("memory and units grow with what a slice computes") {
  const Cost as_is = cost_of();
  const Cost longer = cost_of([](Module& m) { m.procedures[0].arguments[2].type.kind = Kind::bytes; });
  CHECK(longer.memory_bytes == as_is.memory_bytes);
  CHECK(as_is.memory_bytes < 2 * 1024 * 1024);
  CHECK(as_is.instructions > as_is.enquiries);
  Sample sample;
  CostModel model(sample.m);
  CHECK(model.memory(sample.step_slice) > 6 * 1024);     // a note of 1 KiB, each character of which JSON may write as six
  CHECK(model.memory(sample.step_slice) < 12 * 1024);
  CHECK(model.instructions(sample.step_slice) < 1000);
}

TEST_CASE("the costliest path adds up to what is stated") {
  Sample sample;
  CostModel model(sample.m);
  const Cost stated = sample.m.costs[0];
  for (Measure measure : {Measure::requests, Measure::enquiries, Measure::sessions, Measure::doubt, Measure::wait, Measure::instructions}) {
    uint64_t sum = 0;
    for (const CostPart& part : model.path(0, measure)) sum += part.amount;
    INFO(kMeasures[static_cast<size_t>(measure)].name);
    CHECK(sum == of(stated, measure));
  }
}

TEST_CASE("stating costs again changes nothing") {
  Sample sample;
  const std::string before = encode(sample.m);
  state_costs(sample.m);
  CHECK(encode(sample.m) == before);
}

TEST_CASE("costs as people read them") {
  CHECK(cost_text({1, 0, 0, 30'000, 0, 41, 1025}) == "at most 1 request, 30s, 41 units, 2KiB");
  CHECK(cost_text({3, 13, 1, 600'000, 24 * kHourMs, 4120, 98'304}) == "at most 3 requests + 13 enquiries + 1 session, 10min + 24h of doubt, 4120 units, 96KiB");
  CHECK(amount_text(Measure::wait, 1500) == "1500ms");
}
