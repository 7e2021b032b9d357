// The test runner on the real engine: scripts that hold, and scripts that fail for the right reason.
#include <catch2/catch.hpp>

#include "peer/test_runner.h"
#include "small_carrier.h"

using namespace tollgate;
using namespace tollgate::peer;
using namespace tollgate::peer::making;

namespace {

// Scripts by hand. The suite's module is the carrier's with the script's shapes and slices added, as the compiler makes it.
class Script {
 public:
  explicit Script(Wishes wishes = {}) : program_(*load_small(wishes)), carrier_(wishes) {
    carrier_.draft();
    test_.name = "case";
    test_.carrier = "small_ug";
    test_.file = "small.carrier";
    test_.line = 1;
  }

  Script& start(std::string amount = "UGX 5000") {
    TestStep& s = step(TestStepKind::start);
    s.name = text("charge");
    s.arguments = {{"user", "+256770000001"}, {"amount", std::move(amount)}};
    return *this;
  }
  Script& expect_charge(N body = any()) {
    TestStep& s = step(TestStepKind::expect_request);
    s.method = text("POST");
    s.path_slice = build(carrier_.mk.shape(ShapeRoot::path, making::text({lit("/pay")})), {});
    if (body.kind != NodeKind::any) s.shape = carrier_.mk.shape(ShapeRoot::json, body);
    return *this;
  }
  Script& expect_enquiry() {
    TestStep& s = step(TestStepKind::expect_request);
    s.method = text("GET");
    s.path_slice = build(carrier_.mk.shape(ShapeRoot::path, making::text({lit("/pay/"), from("ref", Kind::uuid)})), {Instruction::ai(Op::kept, 1, 0)});
    return *this;
  }
  Script& reply(uint16_t status) { step(TestStepKind::reply).status = status; return *this; }
  Script& reply(uint16_t status, const N& body) {
    Index slice = build(carrier_.mk.shape(ShapeRoot::json, body), {Instruction::ai(Op::kept, 1, 0)});
    TestStep& s = step(TestStepKind::reply);
    s.status = status;
    s.slice = slice;
    return *this;
  }
  Script& callback(const N& body, TestStepKind kind = TestStepKind::callback) {
    Index slice = build(carrier_.mk.shape(ShapeRoot::json, body), {Instruction::ai(Op::kept, 1, 0)});
    TestStep& s = step(kind);
    s.name = text("paid");
    s.slice = slice;
    return *this;
  }
  Script& plain(TestStepKind kind, uint64_t ms = 0) { step(kind).duration_ms = ms; return *this; }
  Script& expect(std::string outcome, std::string reason = "", std::string carrier_ref = "") {
    TestStep& s = step(TestStepKind::expect_outcome);
    s.outcome = std::move(outcome);
    s.reason = std::move(reason);
    s.carrier_ref = std::move(carrier_ref);
    return *this;
  }
  Script& expect_state(const char* name) { step(TestStepKind::expect_state).name = text(name); return *this; }
  Script& with_restarts() { test_.with_restarts = true; return *this; }

  SuiteResult run() {
    TestSuite suite;
    Module& m = carrier_.m;
    // Texts that only steps refer to are anchored in promises while the module is renumbered.
    for (TestStep& s : test_.steps)
      for (Index* i : {&s.name, &s.method})
        if (*i != kNone) {
          m.promises.push_back({PromiseKind::once_per, kNone, *i, kNone});
          *i = static_cast<Index>(m.promises.size() - 1);
        }
    canonicalize(m);
    for (TestStep& s : test_.steps)
      for (Index* i : {&s.name, &s.method})
        if (*i != kNone) *i = m.promises[*i].says;
    suite.parts = m;
    suite.cases = {test_};
    Result<SuiteResult> result = run_suite(program_, suite, {});
    INFO((result.ok() ? std::string() : result.error().message));
    REQUIRE(result.ok());
    return *result;
  }
  CaseResult one() { return run().cases.at(0); }

 private:
  Index text(std::string_view s) { return carrier_.mk.t(s); }
  TestStep& step(TestStepKind kind) {
    TestStep s;
    s.kind = kind;
    s.line = static_cast<uint32_t>(10 + test_.steps.size());
    test_.steps.push_back(s);
    return test_.steps.back();
  }
  Index build(Index shape, std::vector<Instruction> before) {
    size_t holes = carrier_.m.shapes[shape].holes.size();
    std::vector<Instruction> code;
    if (holes > 0) code = std::move(before);
    Target done = carrier_.mk.plain(TargetKind::answer);
    done.key = 0;
    code.push_back(Instruction::ai(Op::build, 0, shape));
    code.push_back(Instruction::ai(Op::end, 0, carrier_.mk.target(done)));
    return carrier_.mk.slice(SliceKind::test, Slice::FrameOf::procedure, 0, code, 8);
  }

  std::shared_ptr<const Program> program_;
  SmallCarrier carrier_;
  TestCase test_;
};

N paid_body(const char* currency = "UGX") {
  return obj({mem("status", lit("SUCCESSFUL")), mem("amount", lit("5000")), mem("currency", lit(currency)), mem("externalId", from("ref", Kind::uuid)), mem("txn", lit("T-9"))});
}
N refused_body() { return obj({mem("status", lit("FAILED")), mem("reason", lit("REJECTED")), mem("externalId", from("ref", Kind::uuid))}); }

void passes(const CaseResult& result) {
  INFO(report(result));
  CHECK(result.passed());
}
void fails(const CaseResult& result, std::string_view because) {
  INFO(report(result));
  REQUIRE(result.failure);
  CHECK((result.failure->expected + "|" + result.failure->happened).find(because) != std::string::npos);
}

}  // namespace

TEST_CASE("a hint makes the engine ask, and the simulated carrier, moved by its own callback, agrees") {
  passes(Script().start().expect_charge().reply(202).plain(TestStepKind::after, 40'000).callback(refused_body()).expect("declined", "user_refused").one());
}

TEST_CASE("enquiries that the script does not mention are answered; one that it mentions is the script's") {
  passes(Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body()).expect("succeeded", "", "T-9").one());
}

TEST_CASE("a lost answer is resolved by enquiry") {
  passes(Script().start().expect_charge().plain(TestStepKind::lose_reply).expect_enquiry().reply(200, paid_body()).expect("succeeded", "", "T-9").one());
}

TEST_CASE("the callback overtakes the answer, and comes twice") {
  passes(Script(Wishes{.proves = true}).start().expect_charge().callback(paid_body()).reply(202).plain(TestStepKind::callback_twice).expect("succeeded", "", "T-9").one());
}

TEST_CASE("a forged callback changes nothing") {
  passes(Script(Wishes{.proves = true}).start().expect_charge().reply(202).callback(paid_body(), TestStepKind::forge).expect_state("waiting").one());
}

TEST_CASE("an answer that contradicts itself decides nothing") {
  passes(Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body("EUR")).expect_enquiry().reply(200, paid_body()).expect("succeeded").one());
}

TEST_CASE("a restart at any position leaves the outcome as it is") {
  CaseResult result = Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body()).expect("succeeded").with_restarts().one();
  passes(result);
  CHECK(result.runs == 6);
}

TEST_CASE("the expected body is compared") {
  passes(Script().start().expect_charge(obj({mem("amount", lit("5000"))})).reply(400, obj({mem("code", lit("X"))})).expect("failed", "rejected_request").one());
  fails(Script().start().expect_charge(obj({mem("amount", lit("1"))})).reply(202).one(), "the body has other members or values");
}

TEST_CASE("a wrong outcome, a wrong reference and a wrong state are told apart") {
  fails(Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body()).expect("declined", "user_refused").one(), "declined user_refused|succeeded");
  fails(Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body()).expect("succeeded", "", "T-8").one(), "carrier_ref is T-9");
  fails(Script().start().expect_charge().reply(202).expect_enquiry().reply(200, paid_body()).expect_state("suspended").one(), "suspended|succeeded");
}

TEST_CASE("a request for money that the script does not expect fails the test") {
  fails(Script().start().expect("succeeded").one(), "POST /pay was sent");
}

TEST_CASE("a script that leaves a request unanswered fails at its end") {
  fails(Script().start().expect_charge().one(), "the script ends before it");
}

TEST_CASE("a request that never comes fails the test, with the timeline and its line") {
  CaseResult result = Script().start().expect_charge().reply(400, obj({mem("code", lit("X"))})).expect_enquiry().reply(200, paid_body()).one();
  fails(result, "nothing more was sent; the procedure is failed rejected_request");
  CHECK(result.failure->line == 13);
  CHECK_FALSE(result.failure->timeline.empty());
  CHECK(report(result).find("small.carrier:13: failed: case") == 0);
  CHECK(report(result).find("256770000001") == std::string::npos);
}

TEST_CASE("a bad argument is the test's failure, in the engine's words") {
  fails(Script().start("EUR 5").one(), "refused: ");
}

TEST_CASE("arms and rows that tests reach are counted, and the others named") {
  Script script;
  SuiteResult result = script.start().expect_charge().reply(202).expect_enquiry().reply(200, refused_body()).expect("declined", "user_refused").run();
  passes(result.cases.at(0));
  CHECK(result.coverage.reply_arms.count({0, 0}) == 1);
  CHECK(result.coverage.reply_arms.count({1, 0}) == 1);   // the session
  CHECK(result.coverage.reply_arms.count({2, 2}) == 1);
  CHECK(result.coverage.rows.size() == 1);
  Result<std::shared_ptr<const Program>> program = load_small();
  std::vector<Unmet> open = unmet((*program)->module(), result.coverage);
  CHECK(open.size() == coverable((*program)->module()) - 4);
  auto named = [&](std::string_view place) { return std::any_of(open.begin(), open.end(), [&](const Unmet& u) { return u.place == place; }); };
  CHECK(named("table reason: NOT_ENOUGH"));
  CHECK(named("charge: on 400 (arm 3)"));
  CHECK_FALSE(named("table reason: REJECTED"));
}
