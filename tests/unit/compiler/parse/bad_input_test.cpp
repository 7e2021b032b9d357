// Whatever the bytes are: a diagnostic, in bounded time, and no crash (the dev preset runs this under AddressSanitizer).
#include <catch2/catch.hpp>

#include <chrono>
#include <random>

#include "compiler/parse/lexer.h"
#include "tests/unit/compiler/parse/parsed.h"
#include "tests/unit/compiler/samples/read_sample.h"

using namespace tollgate;

namespace {

std::string first_code(const std::string& text) {
  const auto begin = std::chrono::steady_clock::now();
  Parsed parsed(text);
  const std::string said = parsed.said();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  CHECK(said.size() < 200'000);
  CHECK(parsed.tree.root().is(SyntaxKind::file));
  const auto shown = parsed.sink.diagnostics();
  return shown.empty() ? "" : std::string(shown[0].code());
}

std::string repeat(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("texts that are none") {
  CHECK(first_code("") == "CR0101");
  CHECK(first_code("\n\n  \n") == "CR0101");
  CHECK(first_code("\xEF\xBB\xBF") == "CR0101");
  CHECK(first_code(std::string("\x7F" "ELF\0\0\1", 7)) == "CR0103");
  CHECK(first_code(std::string(10 * 1024 * 1024, 'a')) == "CR0102");
  CHECK(first_code("let a = \"\xFF\xFE\"") == "CR0104");
  CHECK(first_code("let a = 1 // \xE2\x80\xAE\n") == "CR0105");
  CHECK(first_code("let a\xE2\x80\x8B = 1\n") == "CR0106");
  CHECK(first_code("let a = \xE2\x80\x9Cx\xE2\x80\x9D\n") == "CR0107");
}

TEST_CASE("a comment alone is an empty file for the grammar, and that is fine") { CHECK(first_code("// only words\n") == ""); }

TEST_CASE("carrier files with a byte order mark or CRLF are accepted") {
  CHECK(first_code("\xEF\xBB\xBF" "edition 1\n") == "");
  CHECK(first_code("edition 1\r\ncarrier c {\r\n}\r\n") == "");
}

TEST_CASE("nesting is allowed to kNestingMax and refused beyond") {
  const auto lists = [](size_t depth) {
    return "carrier c { settings { a = " + repeat("[", depth) + "1" + repeat("]", depth) + " } }";
  };
  CHECK(first_code(lists(kNestingMax - 2)) == "");
  CHECK(first_code(lists(kNestingMax - 1)) == "CR0114");
  for (const char* open : {"{", "[", "(", "json { a: ", "carrier c { ", "f("}) {
    CHECK(first_code("let x = " + repeat(open, 10'000)) == "CR0114");
    CHECK_FALSE(first_code(repeat(open, 10'000)).empty());
  }
  CHECK_FALSE(first_code(repeat("}", 10'000)).empty());
  CHECK_FALSE(first_code(repeat(")]}", 10'000)).empty());
}

TEST_CASE("long chains are fine while they are flat; what nests with every link is refused") {
  // A chain is as deep as it is long, and later phases walk it recursively.
  CHECK(first_code("let x = a" + repeat(" + b", 400) + "\n") == "");
  CHECK(first_code("let x = a" + repeat(" + b", 20'000) + "\n") == "CR0114");
  CHECK(first_code("let x = a" + repeat(" else b", 400) + "\n") == "");
  CHECK(first_code("let x = a" + repeat(" else b", 20'000) + "\n") == "CR0114");
  CHECK(first_code("let x = a" + repeat(".b", 400) + "\n") == "");
  CHECK(first_code("let x = a" + repeat(".b", 20'000) + "\n") == "CR0114");
  CHECK(first_code("let x = " + repeat("base64 ", 20'000) + "json { a: 1 }\n") == "");
  CHECK(first_code("carrier c { reading r: Text { \"a\"" + repeat(" | \"b\"", 20'000) + " => pending } }\n") == "");
  CHECK(first_code(repeat("/// words\n", 20'000) + "let x = 1\n") == "");
}

TEST_CASE("chains that the grammar could recurse on do not") {
  CHECK_FALSE(first_code("test \"x\" for c { " + repeat("after 1s ", 20'000) + "}").empty());
  CHECK_FALSE(first_code("carrier c { procedure p { on 1 when " + repeat("not ", 20'000) + "a => pending } }").empty());
  CHECK_FALSE(first_code("let x: " + repeat("many ", 20'000) + "Text").empty());
  CHECK_FALSE(first_code("carrier c { settings { a: " + repeat("many ", 20'000) + "Text } }").empty());
  CHECK_FALSE(first_code("carrier c { settings { a: " + repeat("Map<", 20'000) + "Text } }").empty());
}

TEST_CASE("quadratic traps: two hundred kilobytes of the same wrong thing") {
  constexpr size_t kAbout = 200'000;
  for (const char* piece : {"{ ", "}\n", "on ", "=> ", "\" ", "'\n", "a: ", "family ", "family a {\n", "\"{a", "| ", "..", "@", "/// x\n",
                            "json ", "1 ", "f(\n", "carrier c { procedure p {\n", "cites \"x\"\n", "open ", "a/", "*:", "\\", "\xC3\xA9"})
    (void)first_code(repeat(piece, kAbout / std::string(piece).size()));
}

TEST_CASE("any prefix of a file and any damaged file end in a tree") {
  const std::string text = read_sample("everything.carrier");
  for (size_t size = 0; size < text.size(); size += 37) Parsed parsed(text.substr(0, size));
  std::mt19937 random(20261124);
  for (int round = 0; round < 400; ++round) {
    std::string damaged = text;
    const int wounds = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < wounds; ++i) {
      const size_t at = random() % damaged.size();
      switch (random() % 3) {
        case 0: damaged.erase(at, 1 + random() % 20); break;
        case 1: damaged.insert(at, 1, "{}[]()\"'=>|,:\n./x5"[random() % 18]); break;
        default: damaged[at] = static_cast<char>(random() % 256); break;
      }
    }
    Parsed parsed(damaged);
    (void)parsed.said();
    (void)parsed.tree_text();
    CHECK(parsed.tree.has_error() == parsed.sink.has_errors());
  }
}
