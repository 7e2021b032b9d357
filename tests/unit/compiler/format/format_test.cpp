#include "compiler/format/format.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "compiler/ast/token.h"
#include "tests/unit/compiler/parse/parsed.h"
#include "tests/unit/compiler/samples/read_sample.h"
#include "tests/unit/source_dir.h"

using namespace tollgate;

namespace {

std::string formatted(const std::string& text) {
  Parsed parsed(text);
  INFO(parsed.said());
  REQUIRE_FALSE(parsed.sink.has_errors());
  return format(parsed.tree);
}

std::vector<std::string> comments_of(const Tree& tree) {
  std::vector<std::string> out;
  for (const Comment& c : tree.comments) out.emplace_back(tree.source->text(tree.source->span(c.begin, c.end)));
  return out;
}

// The laws, for one text.
void check_laws(const std::string& text) {
  Parsed before(text);
  INFO(text << "\n--- said:\n" << before.said());
  REQUIRE_FALSE(before.sink.has_errors());
  const std::string once = format(before.tree);
  Parsed after(once);
  INFO("--- became:\n" << once << "\n--- said:\n" << after.said());
  REQUIRE_FALSE(after.sink.has_errors());
  REQUIRE(same_tree(before.tree, after.tree));
  REQUIRE(comments_of(before.tree) == comments_of(after.tree));
  REQUIRE(format(after.tree) == once);
  REQUIRE(once.find(" \n") == std::string::npos);
  REQUIRE(once.ends_with('\n'));
}

// The same file with other blanks, line breaks between items, comments and blank lines.
std::string shaken(const std::string& text, std::mt19937& random) {
  Parsed parsed(text);
  const Tree& tree = parsed.tree;
  std::string out;
  uint32_t last = 0;
  bool in_string = false;
  for (const Token& token : tree.tokens) {
    const Tok code = static_cast<Tok>(token.code);
    std::string_view gap = std::string_view(text).substr(last, token.begin - last);
    const bool had_comment = gap.find("//") != std::string_view::npos;
    if (in_string || code == Tok::glued_colon || had_comment) {
      out += gap;
    } else if (is_newline(code)) {
      if (random() % 4 == 0) out += "   ";
      if (random() % 8 == 0) out += " // comment " + std::to_string(random() % 100);
    } else if (gap.find('\n') != std::string_view::npos) {
      out += std::string(1 + random() % 3, '\n') + std::string(random() % 9, ' ');
    } else if (!gap.empty()) {
      out += std::string(1 + random() % 3, random() % 5 == 0 ? '\t' : ' ');
    }
    if (code == Tok::string_begin) in_string = true;
    if (code == Tok::string_end) in_string = false;
    out += std::string_view(text).substr(token.begin, token.end - token.begin);
    last = token.end;
    if (code == Tok::lbrace && random() % 6 == 0) out += "\n";
    if (code == Tok::lparen && !in_string && random() % 10 == 0) out += "\n  ";
  }
  return out + std::string(std::string_view(text).substr(last));
}

}  // namespace

TEST_CASE("the layout is canonical") {
  CHECK(formatted("carrier   c{\n\n\nsettings{a:Text,b : Int=1 ,}\n\n\n\nmarket   UG\n\n}\n\n\n") ==
        "carrier c {\n  settings { a: Text, b: Int = 1 }\n\n  market UG\n}\n");
  CHECK(formatted("let x=f( a,b )+c*-5 -  d . e") == "let x = f(a, b) + c * -5 - d.e\n");
  CHECK(formatted("let x = UGX    5000") == "let x = UGX 5000\n");
  CHECK(formatted("shape s(a:Map<Text,Int>,b:Text?)=json{a?:b,\"c\":[ 1,.. ],a/b:1,@x:_,*:y:missing}") != "");
}

TEST_CASE("labels, types and ranges are glued as they are read") {
  CHECK(formatted("shape s(a: Map < Text , Int >, b: Text ?) = json { a ?: b, \"c\" : [ 1 , .. ], a / b: 1, @x: _, *:y : missing, .. z }") ==
        "shape s(a: Map<Text, Int>, b: Text?) = json { a?: b, \"c\": [1, ..], a/b: 1, @x: _, *:y: missing, ..z }\n");
  CHECK(formatted("reading r: Text { 1 .. 9 => pending }") == "reading r: Text { 1..9 => pending }\n");
}

TEST_CASE("the author chooses one line or many; many have no commas") {
  CHECK(formatted("shape s = json { a: 1,\n b: { c: 2, d: 3 } }") == "shape s = json {\n  a: 1\n  b: { c: 2, d: 3 }\n}\n");
  CHECK(formatted("shape s = json { a: 1, b: {\n c: 2, d: 3 } }") == "shape s = json {\n  a: 1\n  b: {\n    c: 2\n    d: 3\n  }\n}\n");
  CHECK(formatted("shape s = json {\n}") == "shape s = json {}\n");
}

TEST_CASE("what would pass the right margin is broken") {
  const std::string wide = formatted("shape s = json { " + std::string(60, 'a') + ": 1, " + std::string(60, 'b') + ": 2 }");
  CHECK(wide == "shape s = json {\n  " + std::string(60, 'a') + ": 1\n  " + std::string(60, 'b') + ": 2\n}\n");
  const std::string fits = "shape s = json { " + std::string(kFormatColumnsMax - 22, 'a') + ": 1 }\n";
  CHECK(formatted(fits) == fits);
  CHECK(formatted("shape t2 = json { " + std::string(kFormatColumnsMax - 22, 'a') + ": 1 }").find("{\n") != std::string::npos);
}

TEST_CASE("continuations are indented and stay where they were broken") {
  CHECK(formatted("carrier c {\nprocedure p {\non 202\n=> await a(b)\nor d(e)\nwithin 5min\nbecause \"x\"\n}\n}") ==
        "carrier c {\n  procedure p {\n    on 202\n      => await a(b)\n      or d(e)\n      within 5min\n      because \"x\"\n  }\n}\n");
  CHECK(formatted("use a.b: c,\n  d\n") == "use a.b: c, d\n");
  CHECK(formatted("let x = a\n+ b") == "let x = a\n  + b\n");
}

TEST_CASE("comments stay: beside, above, inside, at the end") {
  CHECK(formatted("// top\n\n\nlet x = 1// beside\n  // below\n") == "// top\n\nlet x = 1  // beside\n// below\n");
  CHECK(formatted("carrier c { // open\n// first\nmarket UG\n\n// last\n}\n// end") ==
        "carrier c {  // open\n  // first\n  market UG\n\n  // last\n}\n// end\n");
  CHECK(formatted("carrier c {\n// only\n}") == "carrier c {\n  // only\n}\n");
}

TEST_CASE("a file with a mistake is given back untouched") {
  const std::string text = "carrier   c { banana }";
  Parsed parsed(text);
  CHECK(format(parsed.tree) == text);
}

TEST_CASE("CRLF and a byte order mark are formatted away") {
  CHECK(formatted("\xEF\xBB\xBFlet x = 1\r\nlet y = 2 // c\r\n") == "let x = 1\nlet y = 2  // c\n");
}

TEST_CASE("formatting keeps tree and comments and is idempotent, for every sample") {
  for (const std::string& name : sample_names()) check_laws(read_sample(name));
}

TEST_CASE("and for every carrier, the library, and every golden file that parses") {
  size_t texts = 0;
  for (const char* folder : {"carriers", "stdlib", "tests/golden"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(tollgate::test::source_dir()) + "/" + folder)) {
      if (entry.path().extension() != ".carrier") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      if (Parsed(text.str()).sink.has_errors()) continue;
      INFO(entry.path());
      check_laws(text.str());
      ++texts;
    }
  CHECK(texts > 150);
}

TEST_CASE("and for every sample with its blanks, breaks and comments shaken") {
  const unsigned seed = 20261124;
  std::mt19937 random(seed);
  for (int round = 0; round < 40; ++round)
    for (const std::string& name : sample_names()) {
      const std::string text = shaken(read_sample(name), random);
      INFO("seed " << seed << " round " << round << " " << name);
      Parsed parsed(text);
      if (parsed.sink.has_errors()) FAIL(parsed.said());
      check_laws(text);
    }
}
