// The exact bytes that leave, and what is refused before they do.
#include <catch2/catch.hpp>

#include "runtime/shapes/shapes.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

std::string built(ShapeRoot root, const Node& top, std::vector<Value> holes) {
  Module m;
  Interner pool(m);
  Index i = shape(m, pool, root, top);
  canonicalize(m);
  Arena arena;
  auto r = Builder(m, i).build(holes, arena);
  return r.ok() ? std::string(*r) : "! " + r.error().message;
}

}  // namespace

TEST_CASE("json: kinds, escapes and commas around what is left out") {
  Node top = object({optional("a", hole("a")), member("b", hole("b")), optional("c", hole("c"))});
  CHECK(built(ShapeRoot::json, top, {Value::missing(), Value::text("q\"\\\n\x01é"), Value::missing()}) == "{\"b\":\"q\\\"\\\\\\n\\u0001é\"}");
  CHECK(built(ShapeRoot::json, top, {Value::number(-5), Value::decimal(1250, 2), Value::boolean(true)}) == R"({"a":-5,"b":12.50,"c":true})");
  CHECK(built(ShapeRoot::json, top, {Value::missing(), Value::missing(), Value::missing()}) == "! b is missing");
  CHECK(built(ShapeRoot::json, top, {Value::missing(), Value::time(0), Value::missing()}).substr(0, 1) == "!");
  CHECK(built(ShapeRoot::json, top, {Value::missing(), Value::text("\xff"), Value::missing()}).substr(0, 1) == "!");
}

TEST_CASE("paths: one segment each, and never an empty or a climbing one") {
  Node top = text({literal("/v1/"), hole("ref"), literal("/x")});
  CHECK(built(ShapeRoot::path, top, {Value::text("a/b ?")}) == "/v1/a%2Fb%20%3F/x");
  for (const char* bad : {"", ".", ".."}) CHECK(built(ShapeRoot::path, top, {Value::text(bad)}).substr(0, 5) == "! ref");
}

TEST_CASE("form, xml, pairs and codecs") {
  CHECK(built(ShapeRoot::form, object({member("a", hole("a")), optional("b", hole("b")), member("c", literal("é"))}), {Value::text("x y&z"), Value::missing()}) == "a=x+y%26z&c=%C3%A9");
  CHECK(built(ShapeRoot::xml, object({member("E", object({member("k", hole("k"), kAttribute), member("b", hole("b"), 0, "urn:b")}), 0, "urn:a")}),
              {Value::text("\"<"), Value::text("1 & 2")}) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><n0:E xmlns:n0=\"urn:a\" xmlns:n1=\"urn:b\" k=\"&quot;&lt;\"><n1:b>1 &amp; 2</n1:b></n0:E>");
  CHECK(built(ShapeRoot::xml, object({member("a", hole("a"))}), {Value::text("\x01")}).substr(0, 3) == "! a");
  CHECK(built(ShapeRoot::json, pairs("K", "V", {member("n", hole("n")), optional("m", hole("m"))}), {Value::text("1"), Value::missing()}) == R"([{"K":"n","V":"1"}])");
  CHECK(built(ShapeRoot::json, object({member("p", codec(Codec::base64, ShapeRoot::json, object({member("x", hole("x"))})))}), {Value::text("y")}) == R"({"p":"eyJ4IjoieSJ9"})");
}

TEST_CASE("a message over the limit is refused") {
  std::string large(kBodyMax, 'x');
  CHECK(built(ShapeRoot::json, object({member("a", hole("a"))}), {Value::text(large)}).find("256 KiB") != std::string::npos);
}
