#include "compiler/source/source.h"

#include <catch2/catch.hpp>

#include "compiler/source/text_check.h"

using namespace tollgate;

namespace {
std::vector<TextProblem> problems(const std::string& text) {
  SourceFile file(FileId{0}, "t.carrier", text);
  return check_text(file);
}
}  // namespace

TEST_CASE("lines and columns count from one, columns in characters") {
  SourceFile file(FileId{0}, "t", "ab\n\xC3\xA9x\r\nlast");
  CHECK(file.line_count() == 3);
  CHECK(file.line_column(0) == LineColumn{1, 1});
  CHECK(file.line_column(2) == LineColumn{1, 3});
  CHECK(file.line_column(3) == LineColumn{2, 1});
  CHECK(file.line_column(5) == LineColumn{2, 2});  // after the two bytes of é
  CHECK(file.line_column(8) == LineColumn{3, 1});
  CHECK(file.line_column(9999) == LineColumn{3, 5});
  CHECK(file.line_text(2) == "\xC3\xA9x");
  CHECK(file.line_text(3) == "last");
  CHECK(file.line_text(4).empty());
  CHECK(file.line_text(0).empty());
}

TEST_CASE("spans are cut to the file") {
  SourceFile file(FileId{3}, "t", "abcdef");
  CHECK(file.text(file.span(2, 4)) == "cd");
  CHECK(file.text(file.span(4, 400)) == "ef");
  CHECK(file.text(file.span(40, 400)).empty());
  CHECK(join(file.span(1, 2), file.span(4, 5)) == file.span(1, 5));
}

TEST_CASE("a source set keeps its files where they are") {
  SourceSet sources;
  const FileId a = sources.add("a", "one");
  const SourceFile* first = &sources.file(a);
  for (int i = 0; i < 100; ++i) sources.add("more", "x");
  CHECK(&sources.file(a) == first);
  CHECK(sources.size() == 101);
}

TEST_CASE("plain text has no problems, whatever its line ends") {
  CHECK(problems("edition 1\n").empty());
  CHECK(problems("edition 1\r\n").empty());
  CHECK(problems("\xEF\xBB\xBF" "edition 1\n").empty());
  CHECK(problems("let a = \"caf\xC3\xA9 \xE2\x80\x9Cquoted\xE2\x80\x9D\" // \xE2\x80\x9Cin words\xE2\x80\x9D\n").empty());
}

TEST_CASE("what is no text is refused") {
  for (const char* text : {"", " \t\r\n\n", "\xEF\xBB\xBF"}) {
    REQUIRE(problems(text).size() == 1);
    CHECK(problems(text)[0].trouble == TextTrouble::empty);
    CHECK(problems(text)[0].fatal);
  }
  const auto nul = problems(std::string("edition\0 1", 10));
  REQUIRE(nul.size() == 1);
  CHECK(nul[0].trouble == TextTrouble::binary);
  CHECK(nul[0].fatal);
  CHECK(problems("a \x1B[31m red")[0].trouble == TextTrouble::binary);
}

TEST_CASE("the size limit lets exactly kSourceBytesMax through") {
  CHECK(problems(std::string(kSourceBytesMax, 'a')).empty());
  const auto over = problems(std::string(kSourceBytesMax + 1, 'a'));
  REQUIRE(over.size() == 1);
  CHECK(over[0].trouble == TextTrouble::too_large);
}

TEST_CASE("bytes that are not UTF-8 are found where they stand") {
  const auto bad = problems("let a = \"x\xC3(\"\n");
  REQUIRE(bad.size() == 1);
  CHECK(bad[0].trouble == TextTrouble::invalid_utf8);
  CHECK(bad[0].span.begin == 10);
  CHECK(bad[0].span.size() == 1);
  CHECK(problems("a \xED\xA0\x80 b")[0].trouble == TextTrouble::invalid_utf8);  // a surrogate
  CHECK(problems("a \xC0\xAF b")[0].trouble == TextTrouble::invalid_utf8);      // overlong
  CHECK(problems("a \xF4\x90\x80\x80 b")[0].trouble == TextTrouble::invalid_utf8);
}

TEST_CASE("characters that hide something are found everywhere, even in comments") {
  const auto bidi = problems("let a = 1 // \xE2\x80\xAE hidden\n");
  REQUIRE(bidi.size() == 1);
  CHECK(bidi[0].trouble == TextTrouble::bidi_control);
  CHECK(bidi[0].code_point == 0x202E);
  CHECK_FALSE(bidi[0].fatal);
  CHECK(problems("na\xE2\x80\x8Bme")[0].trouble == TextTrouble::invisible);
  CHECK(problems("a \xEF\xBB\xBF b")[0].trouble == TextTrouble::invisible);
}

TEST_CASE("quotes that only look like quotes are found in code, not in strings") {
  const auto quotes = problems("let a = \xE2\x80\x9Cx\xE2\x80\x9D\n");
  REQUIRE(quotes.size() == 2);
  CHECK(quotes[0].trouble == TextTrouble::confusable_quote);
  CHECK(problems("let a = '\xE2\x80\x99'").empty());
  CHECK(problems("let a = \"say \\\" \xE2\x80\x99\"").empty());
}

TEST_CASE("the list of problems is bounded") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xE2\x80\x9C ";
  CHECK(problems(text).size() == kTextProblemsMax);
}
