// Shapes seen from the carrier's side: what we build is read, what we match is built.
#include <catch2/catch.hpp>

#include "module_maker.h"
#include "peer/mirror.h"
#include "peer/slice_trace.h"
#include "runtime/shapes/shapes.h"

using namespace tollgate;
using namespace tollgate::peer;
using namespace tollgate::peer::making;

namespace {

std::string write(Module& module, Shape shape, const std::vector<Value>& values) {
  module.shapes.push_back(writable(module, shape));
  Builder builder(module, static_cast<Index>(module.shapes.size() - 1));
  Arena arena;
  Result<std::string_view> bytes = builder.build(values, arena);
  REQUIRE(bytes.ok());
  return std::string(*bytes);
}

bool selects(const Module& module, Index shape, std::string_view body) {
  Matcher matcher(module, {shape});
  const bool candidate[1] = {true};
  Arena arena;
  return matcher.match(body, candidate, arena).chosen == 0;
}

}  // namespace

TEST_CASE("what we build is read back, member by member") {
  ModuleMaker mk;
  Index built = mk.shape(ShapeRoot::json, obj({mem("amount", from("amount.whole", Kind::integer)), mem("id", from("ref", Kind::uuid)), mem("kind", lit("A"))}));
  Module module = mk.m;
  module.shapes[built] = readable(module.shapes[built]);
  Matcher matcher(module, {built});
  const bool candidate[1] = {true};
  Arena arena;
  Selection selection = matcher.match(R"({"id":"x-1","kind":"A","amount":100,"more":true})", candidate, arena);
  REQUIRE(selection.chosen == 0);
  CHECK(plain(selection.holes[0]) == "100");
  CHECK(plain(selection.holes[1]) == "x-1");
  CHECK(matcher.match(R"({"id":"x-1","kind":"B","amount":100})", candidate, arena).chosen == -1);
}

TEST_CASE("what we match is built so that it selects") {
  ModuleMaker mk;
  Index matched = mk.shape(ShapeRoot::json, obj({mem("status", either({lit("OK"), lit("DONE")})), mem("gone", absent()), mem("seen", any()), mem("nil", null()),
                                                 mem("sum", read("sum", Reader::decimal)), mem("count", read("count", Reader::integer_text))}));
  Module module = mk.m;
  std::string body = write(module, module.shapes[matched], {Value::decimal(150, 2), Value::text("7")});
  CHECK(body == R"({"status":"OK","seen":"given","nil":null,"sum":1.50,"count":"7"})");
  CHECK(selects(mk.m, matched, body));
}

TEST_CASE("name and value lists and namespaces of any kind are built") {
  ModuleMaker mk;
  Index list = mk.shape(ShapeRoot::json, obj({mem("Item", pairs("Name", "Value", {mem("Receipt", read("receipt")), mem("Amount", read("paid", Reader::decimal))}))}));
  Index soap = mk.shape(ShapeRoot::xml, obj({mem("Envelope", obj({mem("Body", obj({mem("done", any(), kAnyNamespace)}), kAnyNamespace)}), kAnyNamespace)}));
  Module module = mk.m;
  std::string items = write(module, module.shapes[list], {Value::text("R1"), Value::decimal(5, 0)});
  CHECK(items == R"({"Item":[{"Name":"Receipt","Value":"R1"},{"Name":"Amount","Value":5}]})");
  CHECK(selects(mk.m, list, items));
  CHECK(selects(mk.m, soap, write(module, module.shapes[soap], {})));
}

TEST_CASE("two shapes for one message are merged, and what is compared stays compared") {
  ModuleMaker mk;
  Index arm = mk.shape(ShapeRoot::json, obj({mem("status", lit("FAILED")), mem("data", obj({mem("id", read("id"))}))}));
  Index match = mk.shape(ShapeRoot::json, obj({mem("externalId", same_as("ref")), mem("data", obj({mem("id", same_as("key")), mem("more", lit("m"))}))}));
  Shape both = merged(mk.m.shapes[arm], mk.m.shapes[match]);
  std::vector<MirrorHole> holes = mirror_holes(mk.m, both, "charge");
  REQUIRE(holes.size() == 3);
  CHECK(holes[0].equal);
  CHECK(holes[0].origin == "key");
  Module module = mk.m;
  std::string body = write(module, both, {Value::text("k"), Value::text("r"), Value::text("unused")});
  CHECK(body == R"({"status":"FAILED","data":{"id":"k","more":"m"},"externalId":"r"})");
  CHECK(selects(mk.m, arm, body));
  CHECK(selects(mk.m, match, body));
}

TEST_CASE("a shape of another notation is not merged") {
  ModuleMaker mk;
  Index arm = mk.shape(ShapeRoot::json, obj({mem("a", lit("1"))}));
  Index match = mk.shape(ShapeRoot::form, obj({mem("b", lit("2"))}));
  CHECK(merged(mk.m.shapes[arm], mk.m.shapes[match]).nodes.size() == mk.m.shapes[arm].nodes.size());
}

TEST_CASE("origins lose the procedure's name, and only that") {
  CHECK(without_procedure("charge.ref", "charge") == "ref");
  CHECK(without_procedure("charged.ref", "charge") == "charged.ref");
  CHECK(without_procedure("charge", "charge") == "charge");
  CHECK(without_procedure("ref", "") == "ref");
}

TEST_CASE("a register is traced back to the holes behind it") {
  ModuleMaker mk;
  using I = Instruction;
  Index slice = mk.slice(SliceKind::arm, Slice::FrameOf::enquiry, 0,
                         {I::ai(Op::hole, 5, 0), I::ai(Op::hole, 2, 3), I::ai(Op::market, 3, 1), I::ai(Op::call, 1, BuiltinIds::decimal_in), I::ai(Op::hole, 0, 1),
                          I::ai(Op::end, 0, 0)});
  CHECK(holes_behind(mk.m, slice, 1) == std::vector<uint32_t>{3});
  CHECK(holes_behind(mk.m, slice, 0) == std::vector<uint32_t>{1});
  CHECK(holes_behind(mk.m, slice, 9).empty());
  CHECK(holes_behind(mk.m, slice, kNoRegister).empty());
  CHECK(holes_behind(mk.m, 99, 0).empty());
}

TEST_CASE("every kind of body that we match is built so that it selects") {
  auto sure = [](ShapeRoot root, const N& top, const std::string& format, const std::vector<Value>& values) {
    ModuleMaker mk;
    Index i = mk.shape(root, top);
    if (!format.empty()) mk.m.shapes[i].format = mk.t(format);
    Module module = mk.m;
    std::string body = write(module, module.shapes[i], values);
    INFO(body);
    CHECK(selects(mk.m, i, body));
  };
  auto wide = [](N n, uint32_t width) { return n.width = width, n; };
  auto list = [](N n, uint8_t flags) {
    N made;
    made.kind = NodeKind::list;
    made.flags = flags;
    made.children = {std::move(n)};
    return made;
  };
  sure(ShapeRoot::json, obj({mem("l", list(obj({mem("s", lit("OK")), mem("id", read("id"))}), kFront | kOpen)), mem("m", list(read("m"), kFront))}), "", {Value::text("1"), Value::text("2")});
  sure(ShapeRoot::csv, obj({mem("a", lit("x")), mem("b", read("b"))}), "h;\"", {Value::text("1;2")});
  sure(ShapeRoot::lines, obj({mem("a", lit("x")), mem("b", read("b"))}), "=", {Value::text("1=2")});
  sure(ShapeRoot::multipart, obj({mem("a", lit("x")), mem("b", read("b"))}), "", {Value::text("--")});
  sure(ShapeRoot::fixed, text({lit("D"), wide(read("a"), 4), wide(read("n", Reader::integer), 5)}), "", {Value::text("ab"), Value::number(7)});
}
