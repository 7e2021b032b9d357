// What selects, what asserts, and what is no message at all.
#include <catch2/catch.hpp>

#include <random>

#include "runtime/shapes/shapes.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

class Fixture {
 public:
  Fixture(std::initializer_list<std::pair<ShapeRoot, Node>> shapes) {
    std::vector<Index> all;
    for (auto& [root, top] : shapes) all.push_back(shape(m_, pool_, root, top));
    canonicalize(m_);
    auto ok = verify(m_);
    INFO((ok.ok() ? "" : ok.error().message));
    REQUIRE(ok.ok());
    matcher_ = std::make_unique<Matcher>(m_, all);
  }
  Selection match(std::string_view body) {
    static constexpr bool kAll[] = {true, true, true, true, true, true, true, true};
    return matcher_->match(body, kAll, arena_);
  }
  int chosen(std::string_view body) { return match(body).chosen; }

 private:
  Module m_;
  Interner pool_{m_};
  Arena arena_;
  std::unique_ptr<Matcher> matcher_;
};

Fixture json(Node top) { return Fixture({{ShapeRoot::json, std::move(top)}}); }

}  // namespace

TEST_CASE("the first shape whose literals and kinds fit is chosen") {
  Fixture f{{ShapeRoot::json, object({member("s", literal("OK")), member("n", hole("n", Reader::integer))})},
            {ShapeRoot::json, object({member("s", literal("OK"))})},
            {ShapeRoot::json, object({member("s", literal_number(0))})},
            {ShapeRoot::text, any()}};
  CHECK(f.chosen(R"({"n":1,"s":"OK"})") == 0);
  CHECK(f.chosen(R"({"s":"OK","n":"1"})") == 1);
  CHECK(f.chosen(R"({"s":0})") == 2);
  CHECK(f.chosen(R"({"s":"0"})") == 3);
  CHECK(f.chosen("gone fishing") == 3);
  CHECK(f.chosen("") == -1);
}

TEST_CASE("a conversion that fails is a breach with its place, never another arm") {
  Fixture f{{ShapeRoot::json, object({member("amount", hole("amount", Reader::decimal_text))})}, {ShapeRoot::json, object({})}};
  Selection s = f.match(R"({"amount":"1,000"})");
  CHECK(s.chosen == 0);
  CHECK(s.breach);
  CHECK(s.why == "member amount: not Decimal.text, at byte 10");
  CHECK(f.match(R"({"amount":"1000.50"})").holes[0].integer == 100050);
}

TEST_CASE("missing, null and empty are three things") {
  Fixture f{{ShapeRoot::json, object({member("a", missing())})}, {ShapeRoot::json, object({member("a", null())})},
            {ShapeRoot::json, object({member("a", literal(""))})}, {ShapeRoot::json, object({member("a", any())})}};
  CHECK(f.chosen("{}") == 0);
  CHECK(f.chosen(R"({"a":null})") == 1);
  CHECK(f.chosen(R"({"a":""})") == 2);
  CHECK(f.chosen(R"({"a":[1]})") == 3);
}

TEST_CASE("ill-formed json is no message, wherever the fault lies") {
  Fixture f = json(object({member("a", hole("a"))}));
  for (std::string_view bad : {R"({"a":"x","b":01})", R"({"a":"x",})", R"({"a":"x"} y)", R"({"a":"x","b":"\x"})", R"({"a":"x","b":"\ud800"})",
                               R"({"a":"x","b":[1,2})", R"({"a":"x","a":"y"})", R"({"a":"x","b":tru})", "{\"a\":\"x\",\"b\":\"\xff\"}", "{\"a\":\"x\ny\"}", "{\"a\":\"x\"", "{a:1}"}) {
    Selection s = f.match(bad);
    INFO(bad);
    CHECK(s.chosen == -1);
    CHECK_FALSE(s.decoded);
    CHECK(s.why.substr(0, 15) == "not well-formed");
  }
  CHECK(f.chosen(R"({"a":"x","b":1,"b":2})") == 0);
  std::string deep = R"({"a":"x","b":)" + std::string(40, '[') + std::string(40, ']') + "}";
  CHECK(f.chosen(deep) == -1);
  CHECK(f.match(R"({"a":"\u00e9\ud83d\ude00\n"})").holes[0].view() == "é😀\n");
}

TEST_CASE("a name/value list is an object, alone too") {
  Fixture f = json(object({member("Item", pairs("Name", "Value", {member("Receipt", hole("r")), optional("Balance", hole("b"))}))}));
  Selection s = f.match(R"({"Item":[{"Name":"Balance"},{"Value":"NLJ7","Name":"Receipt"},{"Name":"Other","Value":1}]})");
  REQUIRE(s.chosen == 0);
  CHECK(s.holes[0].view() == "NLJ7");
  CHECK_FALSE(s.holes[1].present());
  CHECK(f.chosen(R"({"Item":{"Name":"Receipt","Value":"A"}})") == 0);
  CHECK(f.chosen(R"({"Item":[{"Name":"Receipt","Value":"A"},{"Name":"Receipt","Value":"B"}]})") == -1);
}

TEST_CASE("lists are exact unless open") {
  CHECK(json(list({hole("a", Reader::integer)})).chosen("[1,2]") == -1);
  CHECK(json(list({hole("a", Reader::integer)}, true)).chosen("[1,\"2\"]") == 0);
  CHECK(json(list({hole("a", Reader::integer)}, true)).chosen("[]") == -1);
}

TEST_CASE("xml: any order, any prefix, namespaces by their URI") {
  Fixture f{{ShapeRoot::xml, object({member("Envelope", object({member("Body", object({member("code", hole("code")), member("id", hole("id"), kAttribute)}), kAnyNamespace)}), 0, "urn:soap")})}};
  Selection s = f.match("<?xml version='1.0' encoding='utf-8'?><!-- x --><s:Envelope xmlns:s='urn:soap'><Header/>"
                        "<q:Body xmlns:q='urn:other' id='7'><more>1</more><code>A&amp;B<![CDATA[<C>]]>&#x41;</code></q:Body></s:Envelope>");
  REQUIRE(s.chosen == 0);
  CHECK(s.holes[0].view() == "A&B<C>A");
  CHECK(s.holes[1].view() == "7");
  CHECK(f.chosen("<Envelope><Body id='1'><code>1</code></Body></Envelope>") == -1);
}

TEST_CASE("xml that is refused") {
  Fixture f{{ShapeRoot::xml, object({member("a", hole("a"))})}};
  CHECK(f.chosen("<a>1</a>") == 0);
  for (std::string_view bad : {"<!DOCTYPE a><a>1</a>", "<a>&x;</a>", "<a>1</b>", "<a>1</a><a/>", "<a b='1' b='2'>1</a>", "<x:a>1</x:a>", "<?php x?><a>1</a>",
                               "<?xml version='1.0' encoding='latin1'?><a>1</a>", "<a>&#0;</a>", "<a>1", "<a b=1>1</a>", "<a>\x01</a>"}) {
    INFO(bad);
    CHECK(f.match(bad).chosen == -1);
    CHECK_FALSE(f.match(bad).decoded);
  }
}

TEST_CASE("codecs that do not decode do not select") {
  Fixture f = json(object({member("p", codec(Codec::base64, ShapeRoot::json, object({member("x", hole("x"))})))}));
  CHECK(f.chosen(R"({"p":"eyJ4IjoieSJ9"})") == 0);
  CHECK(f.chosen(R"({"p":"eyJ4IjoieSJ"})") == -1);
  CHECK(f.chosen(R"({"p":"bm90IGpzb24="})") == -1);
}

TEST_CASE("a hole stops at the next literal, the last takes the rest") {
  Fixture f{{ShapeRoot::text, text({literal("OK:"), hole("id"), literal(","), hole("rest")})}};
  Selection s = f.match("OK:17,a,b");
  REQUIRE(s.chosen == 0);
  CHECK(s.holes[0].view() == "17");
  CHECK(s.holes[1].view() == "a,b");
  CHECK(f.chosen("ok:17,a") == -1);
}

TEST_CASE("mutated and random bodies never crash") {
  Fixture f{{ShapeRoot::json, object({member("a", hole("a")), member("l", list({any(), object({member("x", hole("x"))})}, true)), optional("p", pairs("k", "v", {member("n", hole("n"))}))})},
            {ShapeRoot::xml, object({member("a", object({member("b", list({hole("b")}, true)), member("c", hole("c"), kAttribute)}), kAnyNamespace)})},
            {ShapeRoot::form, object({member("a", hole("a")), optional("b", codec(Codec::hex, ShapeRoot::json, object({member("z", hole("z"))})))})},
            {ShapeRoot::text, text({literal("a"), hole("h"), literal("z")})}};
  const std::string seeds[] = {R"({"a":"x\u0041","l":[1,{"x":"y"}],"p":[{"k":"n","v":"1"}]})", "<n:a xmlns:n='u' c='1'><b>x</b><b>&lt;</b></n:a>", "a=%41+b&b=7b227a223a2231227d", "abcz"};
  for (const std::string& seed : seeds) CHECK(f.chosen(seed) >= 0);
  std::mt19937 random(3);
  for (int round = 0; round < 6000; round++) {
    std::string body = seeds[random() % 4];
    for (unsigned n = random() % 6; n > 0; n--) {
      size_t at = random() % (body.size() + 1);
      if (random() % 2) body.insert(at, 1, "{}[]\",:<>/&;=%a0\\ \xc3"[random() % 19]);
      else if (at < body.size()) body.erase(at, 1 + random() % 3);
    }
    (void)f.match(body);
  }
}
