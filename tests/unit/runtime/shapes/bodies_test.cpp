// Separated values, lines, fixed widths, parts, and searched lists: what is read, what is no such body, what cannot be written.
#include <catch2/catch.hpp>

#include <random>

#include "runtime/shapes/multipart.h"
#include "runtime/shapes/shapes.h"
#include "tests/unit/runtime/bytecode/shape_notation.h"

using namespace tollgate;
using namespace tollgate::notation;

namespace {

class Body {
 public:
  Body(ShapeRoot root, const Node& top, const std::string& format = "") {
    Index i = shape(m_, pool_, root, top, format);
    canonicalize(m_);
    auto ok = verify(m_);
    INFO((ok.ok() ? "" : ok.error().message));
    REQUIRE(ok.ok());
    matcher_ = std::make_unique<Matcher>(m_, std::vector<Index>{i});
    builder_ = std::make_unique<Builder>(m_, i);
  }
  // The holes joined by "|", "-" for one that is missing; or why there are none.
  std::string read(std::string_view body) {
    static constexpr bool kAll[] = {true};
    Selection s = matcher_->match(body, kAll, arena_);
    if (s.chosen != 0 || s.breach) return "no: " + std::string(s.why);
    std::string out;
    for (size_t i = 0; i < m_.shapes[0].holes.size(); i++) out += (i == 0 ? "" : "|") + (s.holes[i].present() ? plain(s.holes[i]) : "-");
    return out;
  }
  std::string write(std::vector<Value> values) {
    auto bytes = builder_->build(values, arena_);
    return bytes.ok() ? std::string(*bytes) : "no: " + bytes.error().message;
  }

 private:
  Module m_;
  Interner pool_{m_};
  Arena arena_;
  std::unique_ptr<Matcher> matcher_;
  std::unique_ptr<Builder> builder_;
};

Value words(std::string_view text) { return Value::text(text); }
bool refused(const std::string& what) { return what.substr(0, 3) == "no:"; }

}  // namespace

TEST_CASE("separated values with a header line") {
  Body b(ShapeRoot::csv, object({member("b", hole("b")), member("a", hole("a")), optional("z", hole("z"))}), "h,\"");
  CHECK(b.read("a,b\n1,2\n") == "2|1|-");
  CHECK(b.read("\xef\xbb\xbf" "a,x,b\r\n\"1,\"\"q\"\"\nr\",ignored,2") == "2|1,\"q\"\nr|-");
  CHECK(b.read("\n\na,b,z\n\n1,2,3\n\n") == "2|1|3");
  CHECK(b.read("a,b\n1,2\n3,4\n") == "no: not well-formed: more than one row, at byte 8");
  CHECK(refused(b.read("a,b\n")));
  CHECK(refused(b.read("a,b\n1\n")));
  CHECK(refused(b.read("a,b,a\n1,2,3\n")));
  CHECK(refused(b.read("a,b\n\"1,2\n")));
  CHECK(refused(b.read("a,b\n\"1\"x,2\n")));
  CHECK(refused(b.read("a,b\n1\"x\",2\n")));
  CHECK(refused(b.read("a,c\n1,2\n")));
  CHECK(b.write({words("x"), words("1,2"), Value()}) == "b,a\r\nx,\"1,2\"\r\n");
}

TEST_CASE("separated values by position") {
  Body b(ShapeRoot::csv, list({literal("OK"), hole("n", Reader::integer), hole("t")}, true), "p|");
  CHECK(b.read("OK|7|\"|more\n") == "7|\"");
  CHECK(refused(b.read("OK|7\n")));
  CHECK(refused(b.read("NO|7|x\n")));
  CHECK(b.write({Value::number(7), words("a\"b")}) == "OK|7|a\"b\r\n");
  CHECK(refused(b.write({Value::number(7), words("a|b")})));
  CHECK(refused(b.write({Value::number(7), words("a\nb")})));
}

TEST_CASE("names that occur several times in a form") {
  Body b(ShapeRoot::form, object({member("to", list({hole("a"), hole("b")})), optional("n", hole("n"))}));
  CHECK(b.read("to=1&n=x&to=2") == "1|2|x");
  CHECK(refused(b.read("to=1")));
  CHECK(refused(b.read("to=1&to=2&to=3")));
  CHECK(refused(b.read("to=1&to=2&n=1&n=2")));
  CHECK(b.write({words("a b"), words("c"), Value()}) == "to=a+b&to=c");
}

TEST_CASE("lines") {
  Body named(ShapeRoot::lines, object({member("Status", literal("OK")), member("Id", hole("id")), optional("Note", hole("note"))}), ": ");
  CHECK(named.read("Id: 7: 8\r\n\r\nMore: x\nStatus: OK") == "7: 8|-");
  CHECK(refused(named.read("Id: 7\nStatus: OK\nId: 8\n")));
  CHECK(refused(named.read("Id: 7\nStatus OK\n")));
  CHECK(named.write({words("7"), Value()}) == "Status: OK\nId: 7\n");
  CHECK(refused(named.write({words("7\nStatus: NO"), Value()})));
  Body lined(ShapeRoot::lines, list({literal("OK"), text({literal("id="), hole("id")})}, true));
  CHECK(lined.read("OK\r\nid=5\r\n\r\n") == "5");
  CHECK(refused(lined.read("OK\n")));
  CHECK(refused(lined.read("OK\n\nid=5\n")));
}

TEST_CASE("fixed widths") {
  Body b(ShapeRoot::fixed, text({literal("D"), wide(hole("t"), 5), wide(hole("n", Reader::integer), 6), wide(hole("é"), 2)}));
  CHECK(b.write({words("ab"), Value::number(42), words("ü")}) == "Dab   000042ü ");
  CHECK(b.read("Dab   000042ü \r\n") == "ab|42|ü");
  CHECK(b.read("D        -42x ") == "|-42|x");
  CHECK(b.write({words(""), Value::number(-42), words("x")}) == "D        -42x ");
  CHECK(b.read("D     000000  ") == "|0|");
  CHECK(refused(b.read("Dab   000042x")));
  CHECK(refused(b.read("Dab   000042xyz")));
  CHECK(refused(b.write({words("abcdef"), Value::number(1), words("")})));
  CHECK(refused(b.write({words("a "), Value::number(1), words("")})));
  CHECK(refused(b.write({words("a"), Value::number(1234567), words("")})));
  CHECK(refused(b.write({words("a\n"), Value::number(1), words("")})));
}

TEST_CASE("a text whose holes have widths") {
  Body b(ShapeRoot::text, text({wide(hole("a"), 3), wide(hole("b"), 2), literal("-"), hole("rest")}));
  CHECK(b.read("abcé1-x-y") == "abc|é1|x-y");
  CHECK(refused(b.read("abc-x")));
  CHECK(refused(b.write({words("ab"), words("12"), words("x")})));
  CHECK(b.write({words("abc"), words("12"), words("x")}) == "abc12-x");
}

TEST_CASE("parts") {
  Body b(ShapeRoot::multipart, object({member("a", hole("a")), optional("f", object({member("filename", hole("n"), kAttribute), member("", hole("f"))}))}));
  CHECK(b.read("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhi\r\n--x--\r\n") == "hi|-|-");
  CHECK(b.read("preamble\r\n--x \ncontent-disposition:form-data;name=a\n\n--x-\n-\n--x\nContent-Disposition: form-data; name=\"f\"; filename=\"a;b\"\n"
               "Content-Type: text/csv\n\nq\n--x--") == "--x-\n-|a;b|q");
  CHECK(b.read("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x--\r\n") == "|-|-");
  CHECK(refused(b.read("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhi\r\n")));
  CHECK(refused(b.read("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhi\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nho\r\n--x--")));
  CHECK(refused(b.read("--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--x--")));
  CHECK(refused(b.read("--x--\r\n")));
  CHECK(refused(b.read("hi")));
  std::string built = b.write({words("\r\n--"), words("n.txt"), words("é")});
  CHECK(b.read(built) == "\r\n--|n.txt|é");
  CHECK(content_type_with_boundary("multipart/form-data", built) == "multipart/form-data; boundary=" + std::string(boundary_of(built)));
  CHECK(b.write({words("\r\n--"), words("n.txt"), words("é")}) == built);
  CHECK(b.read(b.write({words(built), words("x"), words("y")})) == built + "|x|y");
  CHECK(refused(b.write({words("a"), words("a\"\r\nb"), words("y")})));
}

TEST_CASE("the only element that fits, and the last one") {
  Body one(ShapeRoot::json, object({member("l", search(object({member("s", literal("OK")), member("id", hole("id"))})))}));
  CHECK(one.read(R"({"l":[{"s":"NO","id":"1"},{"s":"OK","id":"2"},7,null,[]]})") == "2");
  CHECK(refused(one.read(R"({"l":[{"s":"OK","id":"1"},{"s":"OK","id":"2"}]})")));
  CHECK(refused(one.read(R"({"l":[{"s":"OK","id":1}]})")));
  CHECK(refused(one.read(R"({"l":[]})")));
  CHECK(refused(one.read(R"({"l":{"s":"OK","id":"1"}})")));
  Body last(ShapeRoot::json, object({member("l", search(object({member("id", hole("id"))}), true))}));
  CHECK(last.read(R"({"l":[{"id":"1"},{"id":"2"}]})") == "2");
  CHECK(refused(last.read(R"({"l":[{"id":"1"},2]})")));
  std::string many = "{\"l\":[";
  for (int i = 0; i < 20000; i++) many += "{\"id\":\"" + std::to_string(i) + "\"},";
  CHECK(last.read(many + "{\"id\":\"z\"}]}") == "no: a body over 256 KiB");
  many = "{\"l\":[" + std::string(120000, '1');
  for (size_t i = 7; i < many.size(); i += 2) many[i] = ',';
  CHECK(last.read(many + "{\"id\":\"z\"}]}") == "z");
  Body xml(ShapeRoot::xml, object({member("r", object({member("i", search(object({member("k", literal("x"), kAttribute), member("v", hole("v"))})))}))}));
  CHECK(xml.read("<r><i k='y'><v>1</v></i><j/><i k='x'><v>2</v></i></r>") == "2");
  CHECK(xml.read("<r><i k='x'><v>2</v></i></r>") == "2");
  CHECK(refused(xml.read("<r><i k='x'><v>1</v></i><i k='x'><v>2</v></i></r>")));
  Body nested(ShapeRoot::json, search(object({member("in", search(object({member("n", hole("n", Reader::integer))})))})));
  CHECK(nested.read(R"([{"in":[{"n":"a"}]},{"in":[{},{"n":5}]},{"in":[{"n":6},{"n":7}]}])") == "5");
}

TEST_CASE("mutated bodies of the new kinds never crash, and what is chosen has values") {
  std::mt19937_64 random(3);
  std::vector<std::pair<std::unique_ptr<Body>, std::string>> all;
  auto add = [&](ShapeRoot root, Node top, const char* format, std::string sound) { all.emplace_back(std::make_unique<Body>(root, top, format), std::move(sound)); };
  add(ShapeRoot::csv, object({member("a", hole("a")), member("b", hole("b"))}), "h,\"", "a,b\r\n\"x\"\"y\",2\r\n");
  add(ShapeRoot::csv, list({hole("a"), hole("b")}), "p;'", "'a;';b\n");
  add(ShapeRoot::lines, object({member("a", hole("a"))}), "=", "a=1\nb=2\n");
  add(ShapeRoot::multipart, object({member("a", hole("a")), member("j", inside(ShapeRoot::json, list({hole("x")}, true)))}), "",
      "--q\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhi\r\n--q\r\nContent-Disposition: form-data; name=\"j\"\r\n\r\n[\"1\",2]\r\n--q--\r\n");
  add(ShapeRoot::json, object({member("l", search(object({member("n", search(hole("n")))})))}), "", R"({"l":[{"n":["x"]},{"n":[]},{"n":[1,null]}]})");
  for (auto& [body, sound] : all) {
    CHECK_FALSE(refused(body->read(sound)));
    for (int i = 0; i < 2000; i++) {
      std::string hurt = sound;
      for (uint64_t n = 1 + random() % 3; n > 0 && !hurt.empty(); n--) {
        size_t at = random() % hurt.size();
        if (random() % 3 == 0) hurt.erase(at, 1 + random() % 5);
        else if (random() % 2 == 0) hurt[at] = static_cast<char>(random());
        else hurt.insert(at, hurt.substr(random() % hurt.size(), random() % 9));
      }
      body->read(hurt);
    }
  }
}
