// The rows of one answer: each by itself, whatever they are written in.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "runtime/catalog/catalog.h"
#include "runtime/shapes/shapes.h"
#include "runtime/value/value.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

// Shapes of rows, the last `ends` of them of the end.
class Answer {
 public:
  Answer(ShapeRoot root, std::vector<Node> rows, size_t ends = 0, const std::string& format = "") : ends_(ends) {
    for (const Node& n : rows) all_.push_back(shape(m_, pool_, root, n, format));
    canonicalize(m_);
    auto ok = verify(m_);
    INFO((ok.ok() ? "" : ok.error().message));
    REQUIRE(ok.ok());
    matcher_ = std::make_unique<Matcher>(m_, all_);
  }

  // "0:a 1:b end 2:c": which shape took each row, and its first hole; "-" for none, "!" for a breach.
  std::string read(std::string_view body) {
    bool rows[8] = {}, ends[8] = {};
    for (size_t i = 0; i < all_.size(); i++) (i + ends_ < all_.size() ? rows : ends)[i] = true;
    Arena arena;
    RowsFound found = matcher_->rows(body, rows, ends, arena);
    if (!found.decoded) return std::string(found.why);
    std::string out;
    for (size_t i = 0; i < found.rows.size(); i++) {
      const Selection& row = found.rows[i];
      out += i == 0 ? "" : " ";
      if (found.ended && i + 1 == found.rows.size()) out += "end ";
      if (row.chosen < 0) out += "-";
      else if (row.foreign) out += fmt::format("{}?", row.chosen);
      else if (row.breach) out += fmt::format("{}!", row.chosen);
      else out += fmt::format("{}:{}", row.chosen, plain(row.holes[0]));
    }
    return out;
  }
  // What one message makes of it.
  int whole(std::string_view body) {
    static constexpr bool kAll[] = {true, true, true, true};
    Arena arena;
    return matcher_->match(body, kAll, arena).chosen;
  }

 private:
  Module m_;
  Interner pool_{m_};
  std::vector<Index> all_;
  size_t ends_;
  std::unique_ptr<Matcher> matcher_;
};

}  // namespace

TEST_CASE("elements of a list are rows of several kinds, each with its own values") {
  Answer a(ShapeRoot::json, {object({member("d", object({member("l", each(object({member("s", literal("OK")), member("n", hole("n", Reader::integer))})))}))}),
                             object({member("d", object({member("l", each(object({member("n", hole("n"))})))}))})});
  CHECK(a.read(R"({"d":{"l":[{"n":1,"s":"OK"},{"n":"x","s":"NO"},{"s":"OK","n":2}]},"more":[1]})") == "0:1 1:x 0:2");
  CHECK(a.read(R"({"d":{"l":[{"n":1.5,"s":"OK"},{"s":"NO"}, 7]}})") == "0! - -");
  CHECK(a.read(R"({"d":{"l":[]}})").empty());
  CHECK(a.read(R"({"d":{"l":{}}})") == "no rows where they should be");
  CHECK(a.read(R"({"d":{}})") == "no rows where they should be");
  CHECK(a.read(R"({"d":{"l":[{"n":1,"n":2,"s":"OK"}]}})") == "not well-formed: a member of interest occurs twice, at byte 22");
  CHECK(a.read(R"({"d":{"l":[{)").starts_with("not well-formed"));
  CHECK(a.read("").starts_with("not well-formed"));
  CHECK(a.whole(R"({"d":{"l":[{"n":1,"s":"OK"}]}})") == -1);   // rows are never taken for one message
}

TEST_CASE("a row keeps nothing of the row before it") {
  Answer a(ShapeRoot::json, {each(object({member("a", hole("a")), optional("b", hole("b"))}))});
  Answer b(ShapeRoot::json, {each(object({member("b", hole("b"))}))});
  CHECK(b.read(R"([{"b":"1"},{"a":"2"}])") == "0:1 -");
  CHECK(a.read(R"([{"a":"1","b":"x"},{"a":"2"}])") == "0:1 0:2");
}

TEST_CASE("a key of another kind is another's, whatever else is wrong with its row") {
  Answer a(ShapeRoot::json, {each(object({member("n", hole("n", Reader::decimal_text)), member("id", finding(hole("id", Reader::uuid)))}))});
  CHECK(a.read(R"([{"id":"INV-7","n":"seven"},{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","n":"seven"},{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","n":"7.5"}])") == "0? 0! 0:7.5");
}

TEST_CASE("elements that repeat are rows, one of them too") {
  Answer a(ShapeRoot::xml, {object({member("r", object({member("i", each(object({member("k", hole("k"), kAttribute), member("s", literal("OK"))})))}), kAnyNamespace)}),
                            object({member("r", object({member("i", each(object({member("k", hole("k"), kAttribute)})))}), kAnyNamespace)})});
  CHECK(a.read("<r><i k='1'><s>OK</s></i></r>") == "0:1");
  CHECK(a.read("<r xmlns='urn:x'><n/></r>") == "no rows where they should be");
  CHECK(a.read("<r><i k='1'><s>OK</s></i><x/><i k='2'><s>NO</s></i><i/></r>") == "0:1 1:2 -");
}

TEST_CASE("rows of separated values below their header") {
  Answer a(ShapeRoot::csv, {each(object({member("kind", literal("P")), member("id", hole("id"))})), each(object({member("kind", literal("T")), member("id", hole("n", Reader::integer))}))}, 1, "h;\"");
  CHECK(a.read("id;kind\n1;P\n\n2;P\r\n2;T\n") == "0:1 0:2 end 1:2");
  CHECK(a.read("\xef\xbb\xbfid;kind\n\"a;b\";P\n0;T") == "0:a;b end 1:0");
  CHECK(a.read("id;kind\n1;P\n2;P\n") == "0:1 end -");       // the last row is nothing but the end
  CHECK(a.read("id;kind\n1;T\n2;T\n") == "- end 1:2");       // and no other is
  CHECK(a.read("id;kind\n").empty());
  CHECK(a.read("id;kind\n1\n").starts_with("not well-formed"));
  Answer by_position(ShapeRoot::csv, {each(list({hole("a"), literal("P")}, true))}, 0, "p,\"");
  CHECK(by_position.read("1,P\n2,N\n3,P,x\n") == "0:1 - 0:3");
}

TEST_CASE("lines are rows, of text and of fixed widths") {
  Answer lines(ShapeRoot::lines, {each(text({literal("id="), hole("id")}))});
  CHECK(lines.read("id=1\n\nid=2\nx\n") == "0:1 0:2 -");
  Answer texts(ShapeRoot::text, {each(text({hole("id"), literal(" PAID")})), each(text({literal("END "), hole("n", Reader::integer)}))}, 1);
  CHECK(texts.read("\xef\xbb\xbf" "1 PAID\r\n2 PAID\r\nEND 2") == "0:1 0:2 end 1:2");
  Answer fixed(ShapeRoot::fixed, {each(text({literal("D"), wide(hole("id"), 3), wide(hole("n", Reader::integer), 4)})), each(text({literal("T"), wide(hole("n", Reader::integer), 4)}))}, 1);
  CHECK(fixed.read("Da  0007\nDbb 0008\nT0002\n") == "0:a 0:bb end 1:2");
  CHECK(fixed.read("Da  0007\nDbb 008\nT0002\n") == "0:a - end 1:2");
}

TEST_CASE("rows inside of a codec") {
  Answer a(ShapeRoot::bytes, {codec(Codec::hex, ShapeRoot::lines, each(text({literal("id="), hole("id")})))});
  CHECK(a.read("69643d310a69643d32") == "0:1 0:2");
  CHECK(a.read("zz") == "no rows where they should be");
}

TEST_CASE("more rows than the limit are refused before they are read") {
  Answer a(ShapeRoot::json, {each(hole("n", Reader::integer))});
  std::string body = "[1";
  for (size_t i = 1; i < kAnswerRowsMax; i++) body += ",1";
  CHECK(a.read(body + "]").size() == 4 * kAnswerRowsMax - 1);
  CHECK(a.read(body + ",1]").starts_with("not well-formed: too many rows"));
  for (const LimitRow& row : limits())
    if (row.name == "kAnswerRowsMax") CHECK(row.value == static_cast<int64_t>(kAnswerRowsMax));
}

TEST_CASE("one row is what a carrier writes of rows") {
  const std::pair<ShapeRoot, Node> shapes[] = {{ShapeRoot::json, object({member("l", each(object({member("a", hole("a"))})))})},
                                               {ShapeRoot::xml, object({member("r", object({member("i", each(object({member("a", hole("a"))})))}))})},
                                               {ShapeRoot::lines, each(text({literal("a="), hole("a")}))},
                                               {ShapeRoot::text, each(text({literal("a="), hole("a")}))},
                                               {ShapeRoot::fixed, each(text({literal("a="), wide(hole("a"), 9)}))},
                                               {ShapeRoot::csv, each(object({member("a", hole("a"))}))}};
  for (const auto& [root, top] : shapes) {
    Module m;
    Interner pool(m);
    Index i = shape(m, pool, root, top, root == ShapeRoot::csv ? "h,\"" : "");
    canonicalize(m);
    Arena arena;
    Value holes[] = {Value::text("x y")};
    auto body = Builder(m, i).build(holes, arena);
    REQUIRE(body.ok());
    INFO(*body);
    static constexpr bool kOne[] = {true}, kNoEnd[] = {false};
    RowsFound found = Matcher(m, {i}).rows(*body, kOne, kNoEnd, arena);
    REQUIRE(found.rows.size() == 1);
    CHECK((found.rows[0].chosen == 0 && found.rows[0].holes[0].view() == "x y"));
  }
}
