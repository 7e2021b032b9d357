// The law of shapes: match(build(x)) == x, for shapes of every root and values from a seed.
#include <catch2/catch.hpp>

#include "runtime/shapes/generate.h"
#include "runtime/shapes/shapes.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

void holds(ShapeRoot root, const Node& top, int rounds = 300, const std::string& format = "") {
  Module m;
  Interner pool(m);
  Index i = shape(m, pool, root, top, format);
  canonicalize(m);
  auto verified = verify(m);
  INFO((verified.ok() ? "" : verified.error().message));
  REQUIRE(verified.ok());
  Builder builder(m, i);
  Matcher matcher(m, {i});
  std::mt19937_64 random(42);
  for (int round = 0; round < rounds; round++) {
    Arena arena;
    Generated g = generate(m, i, random, arena);
    auto bytes = builder.build(g.wire, arena);
    INFO("round " << round << ": " << (bytes.ok() ? std::string(*bytes) : bytes.error().message));
    REQUIRE(bytes.ok());
    static constexpr bool kAll[] = {true};
    Selection s = matcher.match(*bytes, kAll, arena);
    INFO(std::string(s.why));
    REQUIRE(s.chosen == 0);
    REQUIRE_FALSE(s.breach);
    for (size_t h = 0; h < g.values.size(); h++) {
      INFO("hole " << h << ": " << plain(g.values[h]) << " became " << plain(s.holes[h]));
      CHECK(s.holes[h].kind == g.values[h].kind);
      CHECK(same(s.holes[h], g.values[h]));
    }
  }
}

}  // namespace

TEST_CASE("json of every reader") {
  std::vector<Node> members;
  for (size_t r = 0; r < kReaderCount; r++) {
    auto reader = static_cast<Reader>(r);
    if (reader == Reader::bytes) continue;
    std::string argument = reader == Reader::time_format ? "yyyy-MM-dd'T'HH:mm:ssXXX" : reader == Reader::decimal_like ? "1.234,56" : "";
    members.push_back(member(std::string(kReaders[r].name), hole(std::string(kReaders[r].name), reader, kPublic, argument)));
  }
  holds(ShapeRoot::json, object(members));
}

TEST_CASE("what is repeated is written, and read as any list") {
  Node row = object({member("a", hole("a")), member("n", hole("n", Reader::integer))});
  holds(ShapeRoot::json, object({member("id", hole("id")), member("l", list({literal("x"), again(row), literal_number(7)})), member("e", list({again(hole("e", Reader::decimal))}))}));
  holds(ShapeRoot::xml, object({member("r", object({member("id", hole("id")), member("i", list({again(object({member("k", hole("k"), kAttribute), member("", hole("t"))}))}))}))}));
  holds(ShapeRoot::form, object({member("id", hole("id")), member("l", list({again(hole("l"))}))}));
  holds(ShapeRoot::lines, list({text({literal("id="), hole("id")}), again(text({literal("l="), hole("l")}))}));
}

TEST_CASE("json nested, optional, listed, paired, coded") {
  holds(ShapeRoot::json,
        object({optional("first", hole("a")), member("status", literal("O\"K")), optional("deep", object({member("b", hole("b", Reader::integer)), optional("c", hole("c"))})),
                member("list", list({hole("d"), literal_number(7), literal_bool(true), null()})),
                member("Item", pairs("Name", "Value", {member("Amount", hole("e", Reader::decimal)), optional("Balance", hole("f"))})),
                member("inner", codec(Codec::base64, ShapeRoot::json, object({member("x", hole("g")), optional("y", hole("h"))}))),
                member("said", text({literal("OK:"), hole("i"), literal("."), hole("j")})), member("either", bound_alternatives("k", {literal("A"), literal("B")})),
                member("gone", missing()), member("there", any()), optional("last", hole("l", Reader::boolean))}));
}

TEST_CASE("form and query") {
  holds(ShapeRoot::form, object({member("a b&", hole("a")), optional("n", hole("n", Reader::integer)), member("t", literal("x=y")), optional("u", hole("u", Reader::msisdn_plus))}));
  holds(ShapeRoot::form, object({member("to", list({hole("a"), hole("b", Reader::integer)})), member("one", list({hole("c")})), member("of", search(text({literal("x"), hole("d")})))}));
  holds(ShapeRoot::query, object({optional("a", hole("a")), member("j", codec(Codec::base64url, ShapeRoot::json, object({member("k", hole("k"))})))}));
}

TEST_CASE("xml with namespaces, attributes and repeated elements") {
  holds(ShapeRoot::xml,
        object({member("Envelope", object({member("kind", hole("kind"), kAttribute), member("Body", object({
                  member("amount", hole("amount", Reader::decimal), 0, "urn:loc"), member("note", hole("note"), kOptional, "urn:loc"),
                  member("item", list({hole("i"), object({member("id", hole("j"), kAttribute), member("", hole("t"))})})),
                  member("field", pairs("Name", "Value", {member("Receipt", hole("r")), optional("Rest", hole("s"))})),
                  member("any", any(), kAnyNamespace)}), 0, "http://schemas.xmlsoap.org/soap/envelope/")}),
                0, "http://schemas.xmlsoap.org/soap/envelope/")}));
}

TEST_CASE("text, path and bytes") {
  holds(ShapeRoot::text, text({literal("OK:"), hole("id"), literal(" at "), hole("n", Reader::integer), literal(".")}));
  holds(ShapeRoot::text, hole("all"));
  holds(ShapeRoot::path, text({literal("/v1/"), hole("ref", Reader::uuid), literal("/x/"), hole("name")}));
  holds(ShapeRoot::bytes, codec(Codec::hex, ShapeRoot::text, hole("inside")));
}

TEST_CASE("alternatives that were left open write the first") {
  holds(ShapeRoot::json, object({member("a", alternatives({literal("X"), hole("x")})), member("b", alternatives({missing(), null(), hole("y")}))}), 5);
}

TEST_CASE("lists are searched") {
  Node receipt = object({member("kind", literal("payment")), member("id", hole("id")), optional("more", search(object({member("n", hole("n", Reader::integer))})))});
  holds(ShapeRoot::json, object({member("list", search(receipt)), member("last", search(hole("last"), true)), member("open", list({hole("first")}, true))}));
  holds(ShapeRoot::xml, object({member("root", object({member("item", search(object({member("id", hole("i"), kAttribute), member("v", hole("v"))}))),
                                                       member("line", search(hole("line"), true))}))}));
}

TEST_CASE("texts with widths") {
  holds(ShapeRoot::text, text({wide(hole("type"), 3), wide(hole("n", Reader::integer), 6), literal(":"), hole("rest")}));
  holds(ShapeRoot::json, object({member("packed", text({literal("x"), wide(hole("a"), 4), wide(hole("b"), 2)}))}));
  holds(ShapeRoot::fixed, text({literal("D"), wide(hole("id"), 12), wide(hole("amount", Reader::integer), 10), wide(hole("name"), 20), wide(hole("on", Reader::boolean), 5)}));
}

TEST_CASE("separated values of several dialects") {
  Node row = list({hole("a"), hole("n", Reader::integer), text({literal("#"), hole("t")}), literal("x;\"y")});
  holds(ShapeRoot::csv, row, 300, "p,\"");
  holds(ShapeRoot::csv, row, 300, "p;'");
  holds(ShapeRoot::csv, row, 300, "p\t\"");
  holds(ShapeRoot::csv, list({hole("alone")}), 300, "p,\"");
  holds(ShapeRoot::csv, list({hole("d", Reader::decimal), hole("u", Reader::uuid), literal("x")}), 300, "p|");
  Node record = object({member("Type, of", hole("type")), optional("Note", hole("note")), member("Sum", hole("sum", Reader::decimal)), member("ok", literal("yes")),
                        member("in", codec(Codec::base64, ShapeRoot::csv, list({hole("x"), hole("y")})))});
  record.children[4].children[0].ns = "p,\"";
  holds(ShapeRoot::csv, record, 300, "h,\"");
}

TEST_CASE("lines by position and by name") {
  holds(ShapeRoot::lines, list({literal("OK"), hole("a"), text({literal("id="), hole("id")})}));
  holds(ShapeRoot::lines, object({member("status", literal("OK")), member("id", hole("id")), optional("note", hole("note")), member("n", hole("n", Reader::integer))}), 300, "=");
  holds(ShapeRoot::lines, object({member("Status", hole("status"))}), 300, ": ");
}

TEST_CASE("parts of a multipart") {
  holds(ShapeRoot::multipart,
        object({member("ref", hole("ref")), optional("note", hole("note")), member("n", hole("n", Reader::integer)), member("kind", literal("--x\r\n--")),
                member("doc", inside(ShapeRoot::json, object({member("a", hole("a")), optional("b", hole("b", Reader::integer))}))),
                member("file", object({member("filename", hole("filename"), kAttribute), member("type", hole("type"), kAttribute),
                                       member("", inside(ShapeRoot::csv, object({member("x", hole("x")), member("y", hole("y"))}), "h;\""))})),
                member("packed", codec(Codec::base64, ShapeRoot::multipart, object({member("deep", hole("deep"))})))}));
}

TEST_CASE("messages inside messages") {
  holds(ShapeRoot::json, object({member("json", inside(ShapeRoot::json, object({member("a", hole("a"))}))), member("form", inside(ShapeRoot::form, object({member("b", hole("b"))}))),
                                 member("rows", inside(ShapeRoot::csv, list({hole("c"), hole("d")}), "p|\""))}));
  holds(ShapeRoot::form, object({member("data", inside(ShapeRoot::xml, object({member("result", object({member("action", hole("action"))}))})))}));
}
