// Each rule of the verifier: the sample keeps all of them, and one change breaks exactly the rule named.
#include <catch2/catch.hpp>

#include <functional>

#include "runtime/bytecode/limits.h"
#include "tests/unit/runtime/bytecode/sample_module.h"

using namespace tollgate;

namespace {

std::string broken(const std::function<void(Sample&)>& change) {
  Sample sample;
  change(sample);
  auto r = verify(sample.m);
  if (r.ok()) return "verified";
  std::string why = r.error().message;
  size_t at = why.find("rule V");
  return why.substr(at + 5, why.find(':', at) - at - 5);
}

uint32_t& code_of(Sample& s, Index slice, uint32_t at) { return s.m.code[s.m.slices[slice].begin + at]; }

}  // namespace

TEST_CASE("the sample keeps every rule") {
  auto r = verify(Sample().m);
  INFO((r.ok() ? "" : r.error().message));
  CHECK(r.ok());
  CHECK(verify(Module()).ok());
}

TEST_CASE("V1 indices") {
  CHECK(broken([](Sample& s) { s.m.exchanges[0].link = 1; }) == "V1");
  CHECK(broken([](Sample& s) { s.m.enquiries[0].slice = kNone; }) == "V1");
  CHECK(broken([](Sample& s) { s.m.targets[0].proofs[0].index = 9; }) == "V1");
}

TEST_CASE("V2 pools are sorted") {
  CHECK(broken([](Sample& s) { std::swap(s.m.texts[0], s.m.texts[1]); }) == "V2");
  CHECK(broken([](Sample& s) { s.m.constants[0].kind = Kind::list; }) == "V2");
}

TEST_CASE("V3 and V4 shapes") {
  CHECK(broken([](Sample& s) { s.m.shapes[0].nodes[1].children = {0}; }) == "V3");
  CHECK(broken([](Sample& s) { s.m.shapes[0].nodes[2].value = 200; }) == "V3");
  CHECK(broken([](Sample& s) { s.m.shapes[0].root = ShapeRoot::fixed; }) == "V3");
  CHECK(broken([](Sample& s) { s.m.shapes[0].holes[0].reader = 99; }) == "V4");
  CHECK(broken([](Sample& s) { s.m.shapes[0].holes.emplace_back(); }) == "V4");
}

TEST_CASE("V3 rows stand once, where something can repeat") {
  using namespace notation;
  auto verified = [](ShapeRoot root, const Node& top, const std::string& format = "") {
    Module m;
    Interner pool(m);
    shape(m, pool, root, top, format);
    canonicalize(m);
    return verify(m).ok();
  };
  const Node row = object({member("a", hole("a"))});
  CHECK(verified(ShapeRoot::json, each(row)));
  CHECK(verified(ShapeRoot::csv, each(row), "h,\""));
  CHECK(verified(ShapeRoot::text, each(notation::text({hole("a")}))));
  CHECK_FALSE(verified(ShapeRoot::form, object({member("l", each(hole("a")))})));
  CHECK_FALSE(verified(ShapeRoot::csv, each(row), "p,\""));
  CHECK_FALSE(verified(ShapeRoot::csv, each(each(row)), "h,\""));
  CHECK_FALSE(verified(ShapeRoot::fixed, each(notation::text({hole("a")}))));
  CHECK_FALSE(verified(ShapeRoot::lines, each(row), "="));
  CHECK_FALSE(verified(ShapeRoot::xml, object({member("r", each(row))})));
  CHECK_FALSE(verified(ShapeRoot::json, each(each(hole("a")))));
  CHECK_FALSE(verified(ShapeRoot::json, each(object({member("l", each(hole("a")))}))));
  CHECK_FALSE(verified(ShapeRoot::json, search(object({member("l", each(hole("a")))}))));
  CHECK_FALSE(verified(ShapeRoot::json, object({member("l", each(hole("a"))), member("m", each(hole("b")))})));
  CHECK(verified(ShapeRoot::json, each(finding(hole("a")))));
  CHECK_FALSE(verified(ShapeRoot::json, list({finding(hole("a"))})));
  CHECK_FALSE(verified(ShapeRoot::json, object({member("p", pairs("k", "v", {member("l", each(hole("a")))}))})));
}

TEST_CASE("V3 and V4 what is repeated stands in a list, and not in itself") {
  using namespace notation;
  auto verified = [](ShapeRoot root, const Node& top) {
    Module m;
    Interner pool(m);
    shape(m, pool, root, top);
    canonicalize(m);
    return verify(m).ok();
  };
  CHECK(verified(ShapeRoot::json, list({again(hole("a"))})));
  CHECK_FALSE(verified(ShapeRoot::json, object({member("a", again(hole("a")))})));
  CHECK_FALSE(verified(ShapeRoot::json, list({again(list({again(hole("a"))}))})));
  CHECK_FALSE(verified(ShapeRoot::json, search(again(hole("a")))));
  CHECK_FALSE(verified(ShapeRoot::json, each(again(hole("a")))));
  CHECK(broken([](Sample& s) { s.m.shapes[0].holes[0].each = true; }) == "V3");
}

TEST_CASE("V7 rows are read of answers, and their end decides nothing") {
  auto row = [](Sample& s) -> Arm& { return s.m.exchanges[1].arms[0]; };
  CHECK(broken([&](Sample& s) { row(s).reads = ArmReads::row; }) == "V7");                             // of no list
  CHECK(broken([&](Sample& s) { row(s).reads = ArmReads::end, row(s).shape = kNone; }) != "verified");  // and it decides
  CHECK(broken([](Sample& s) { s.m.callbacks[0].arms[0].reads = ArmReads::row; }) == "V7");
}

TEST_CASE("V5 links and enquiries") {
  CHECK(broken([](Sample& s) { s.m.links[0].base_setting = kNone; }) == "V5");
  CHECK(broken([](Sample& s) { s.m.links[0].secrets = {0}; }) == "V5");
  CHECK(broken([](Sample& s) { s.m.enquiries[0].every_ms = {0}; }) == "V5");
  CHECK(broken([](Sample& s) { s.m.enquiries[0].every_ms.clear(); }) == "V5");
}

TEST_CASE("V6 money has a way out of doubt") {
  CHECK(broken([](Sample& s) { s.m.procedures[0].steps[0].doubt = kNone; }) == "V6");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].once.keep = 4; }) == "V6");
  CHECK(broken([](Sample& s) { s.m.enquiries[0].exchange = 0; }) == "V6");
  CHECK(broken([](Sample& s) { s.m.exchanges[1].path_shape = 0; }) == "V6");
}

TEST_CASE("V7 a definite no needs a positive literal") {
  CHECK(broken([](Sample& s) { s.m.exchanges[0].arms[2].statuses = {{503, 503}}; }) == "V7");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].arms[2].statuses = {{400, 429}}; }) == "V7");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].arms[2].head = ArmHead::other; }) == "V7");
  CHECK(broken([](Sample& s) {
          s.m.exchanges[0].arms[2].statuses = {{429, 429}};
          s.m.promises = {{PromiseKind::definite_by_status, kNone, kNone, kNone}};
        }) == "verified");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].has_once = false; }) == "V7");
}

TEST_CASE("V8 tables") {
  CHECK(broken([](Sample& s) { std::swap(s.m.tables[0].rows[0], s.m.tables[0].rows[1]); }) == "V8");
  CHECK(broken([](Sample& s) { s.m.tables[0].other.kind = TargetKind::pending; }) == "V8");
  CHECK(broken([](Sample& s) { s.m.tables[0].rows[0].target.kind = TargetKind::await; }) == "V8");
}

TEST_CASE("V9 callbacks are verified") {
  CHECK(broken([](Sample& s) { s.m.endpoints[0].verify.clear(); }) == "V9");
  CHECK(broken([](Sample& s) { s.m.callbacks[0].parameters.clear(); }) == "V9");
}

TEST_CASE("V10 slices are what they say") {
  CHECK(broken([](Sample& s) { s.m.slices[0].kind = SliceKind::arm; }) == "V10");
  CHECK(broken([](Sample& s) { s.m.slices[0].end = 100000; }) == "V10");
  CHECK(broken([](Sample& s) { s.m.slices[0].owner = 3; }) == "V10");
}

TEST_CASE("V11 every path ends in one effect") {
  CHECK(broken([](Sample& s) { s.m.slices[s.accepted_slice].end--; }) == "V11");
  CHECK(broken([](Sample& s) { code_of(s, s.accepted_slice, 0) = Instruction::ai(Op::jump, 0, 9).word; }) == "V11");
  CHECK(broken([](Sample& s) { code_of(s, s.accepted_slice, 0) = 0xff; }) == "V11");
}

TEST_CASE("V12 registers are assigned on every path") {
  CHECK(broken([](Sample& s) { code_of(s, s.accepted_slice, 0) = Instruction::ai(Op::kept, 0, 0).word; }) == "V12");
  CHECK(broken([](Sample& s) { code_of(s, s.step_slice, 4) = Instruction::abc(Op::move, 40, 2).word; }) == "V12");
}

TEST_CASE("V13 windows fit") {
  CHECK(broken([](Sample& s) { code_of(s, s.step_slice, 3) = Instruction::ai(Op::call, 2, 65535).word; }) == "V13");
  CHECK(broken([](Sample& s) { code_of(s, s.step_slice, 3) = Instruction::ai(Op::call, 2, BuiltinIds::decimal_text).word; }) == "V13");
  CHECK(broken([](Sample& s) { code_of(s, s.step_slice, 10) = Instruction::ai(Op::build, 6, 999).word; }) == "V13");
}

TEST_CASE("V14 reads and writes stand where they may") {
  CHECK(broken([](Sample& s) { s.m.slices[s.step_slice].impure = false; }) == "V14");
  CHECK(broken([](Sample& s) { code_of(s, s.accepted_slice, 0) = Instruction::ai(Op::keep, 1, 0).word; }) == "V14");
  CHECK(broken([](Sample& s) { code_of(s, s.step_slice, 2) = Instruction::ai(Op::hole, 3, 0).word; }) == "V14");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].sessions.clear(); }) == "V14");
}

TEST_CASE("V15 effects have what they need") {
  auto target = [](TargetKind kind, const std::function<void(Sample&, Target&)>& change) {
    return broken([&](Sample& s) {
      for (Target& t : s.m.targets)
        if (t.kind == kind) return change(s, t);
    });
  };
  CHECK(target(TargetKind::await, [](Sample&, Target& t) { t.within_ms = 0; }) == "V15");
  CHECK(target(TargetKind::await, [](Sample&, Target& t) { t.within_ms = limits::kWaitMs + 1; }) == "V15");
  CHECK(target(TargetKind::await, [](Sample&, Target& t) { t.proofs.clear(); }) == "V15");
  CHECK(target(TargetKind::await, [](Sample&, Target& t) { t.proofs[0].arguments.clear(); }) == "V15");
  CHECK(target(TargetKind::succeed, [](Sample&, Target& t) { t.paid = kNoRegister; }) == "V15");
  CHECK(target(TargetKind::succeed, [](Sample&, Target& t) { t.paid = 3; }) == "V15");
  CHECK(target(TargetKind::fail, [](Sample& s, Target& t) { t.reason = s.m.tables[0].rows[1].target.reason == t.reason ? kNone : s.m.carrier; }) == "V15");
  CHECK(target(TargetKind::session_value, [](Sample&, Target& t) { t.after = kNoRegister; }) == "V15");
  CHECK(broken([](Sample& s) { s.m.exchanges[0].path = kNoRegister; }) == "V15");
  CHECK(broken([](Sample& s) { code_of(s, s.accepted_slice, 1) = code_of(s, s.doubt_slice, 1); }) == "V15");
}

TEST_CASE("V16 secrets stay where they belong") {
  auto read_key = [](Sample& s) { code_of(s, s.step_slice, 9) = Instruction::ai(Op::setting, 10, 1).word; };
  CHECK(broken(read_key) == "verified");
  CHECK(broken([&](Sample& s) { read_key(s), s.m.links[0].secrets.clear(); }) == "V16");
  CHECK(broken([](Sample& s) {  // the carrier's text becomes evidence, so it may not be a secret
          for (Shape& shape : s.m.shapes)
            for (Hole& h : shape.holes)
              if (s.m.text(h.name) == "word") h.type.labels = kSecret;
        }) != "verified");
}
