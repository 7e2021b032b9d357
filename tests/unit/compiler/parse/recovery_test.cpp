// Several mistakes in one file: each is told once, in the author's words, and nothing else is told.
#include <catch2/catch.hpp>

#include "tests/unit/compiler/parse/parsed.h"
#include "tests/unit/compiler/samples/read_sample.h"

using namespace tollgate;
using Kind = SyntaxKind;

TEST_CASE("many independent mistakes give that many diagnostics, in order, without a cascade") {
  Parsed parsed(R"(edition 1
use std.http basic

family demo {
  setings { base: Url }
  link api = http(settings.base) {
    answer witin 20s
    limit 50 second
  }
  procedure charge
    keep ref = uuid()
    send api POST /path {
      json { a: 1 }
    }
    on 200 -> pending
    on 202 =>
    on 204 => pending pending
    on doubt => ask status(ref
    on 5m => pending
  }
  enquiry Status(ref: Text) about charge every 5s {
    send api GET "/x"
  }
  reading code: Text -> Outcome {
    "a" => declined
    "b" = pending
    "c" => pending;
    "d" => pending
  }
  let on = 5
  let x = "unclosed
  let y = "{hmac("x")}"
}
test "x" {
  start charge
}
family broken {
  procedure charge {
    keep a = 1

carrier c is broken {
  # comment
}
}
)");
  CHECK(parsed.brief() ==
        "t.carrier:2:14: error[CR0120]: expected `:` and the names that are used, found `basic`\n"
        "t.carrier:5:3: error[CR0121]: a family or carrier has no `setings`\n"
        "t.carrier:7:12: error[CR0120]: expected `within` and a duration, found `witin`\n"
        "t.carrier:8:14: error[CR0120]: expected `per` and a unit, found `second`\n"
        "t.carrier:10:19: error[CR0120]: expected `{`, found the end of the line\n"
        "t.carrier:12:19: error[CR0120]: expected the path in quotes, found `/`\n"
        "t.carrier:15:12: error[CR0120]: expected `=>` and what follows from it, found `->`\n"
        "t.carrier:16:14: error[CR0120]: expected what follows from this arm, found the end of the line\n"
        "t.carrier:17:23: error[CR0126]: `pending` must stand on a line of its own\n"
        "t.carrier:18:31: error[CR0120]: expected `)`, found the end of the line\n"
        "t.carrier:19:8: error[CR0113]: `5m` is not a number or a unit the language knows\n"
        "t.carrier:21:11: error[CR0124]: a name begins with a lower-case letter, `Status` does not\n"
        "t.carrier:25:20: error[CR0120]: expected a name, found the end of the line\n"
        "t.carrier:26:9: error[CR0120]: expected `=>` and what follows from it, found `=`\n"
        "t.carrier:27:19: error[CR0108]: `;` has no meaning here\n"
        "t.carrier:30:7: error[CR0123]: `on` is a word of the language and cannot be a name\n"
        "t.carrier:31:11: error[CR0110]: the string does not end on its line\n"
        "t.carrier:32:18: error[CR0112]: a quote in a hole of a string\n"
        "t.carrier:34:10: error[CR0120]: expected `for` and the carrier that is tested, found `{`\n"
        "t.carrier:38:20: error[CR0115]: `{` is never closed\n"
        "t.carrier:42:3: error[CR0108]: `#` has no meaning here\n"
        "t.carrier:44:1: error[CR0116]: `}` closes nothing\n");
  CHECK(parsed.tree.has_error());
  // What was right is in the tree all the same.
  CHECK(parsed.tree.root().child(Kind::carrier).child(Kind::name).text() == "c");
  CHECK(parsed.tree.root().child(Kind::family).child(Kind::reading).children(Kind::row).size() == 2);
}

TEST_CASE("a sure help carries an edit that mends the file") {
  struct Case {
    const char* wrong;
    const char* right;
  };
  for (const Case& c : {Case{"carrier c { reading r: Text { \"a\" -> pending } }", "carrier c { reading r: Text { \"a\" => pending } }"},
                        Case{"carrier c { procdure p { } }", "carrier c { procedure p { } }"},
                        Case{"let x : 5", "let x = 5"},
                        Case{"let x = \xE2\x80\x9C" "a\"", "let x = \"a\""},
                        Case{"let x = 5sec", "let x = 5s"},
                        Case{"let x = 5;", "let x = 5"}}) {
    Parsed parsed(c.wrong);
    INFO(parsed.said());
    const auto shown = parsed.sink.diagnostics();
    REQUIRE_FALSE(shown.empty());
    REQUIRE_FALSE(shown[0].helps.empty());
    CHECK(shown[0].helps[0].grade == Grade::sure);
    std::string text = c.wrong;
    const Edit& edit = shown[0].helps[0].edits.at(0);
    text.replace(edit.span.begin, edit.span.size(), edit.replacement);
    CHECK(text == c.right);
    CHECK_FALSE(Parsed(text).sink.has_errors());
  }
}

TEST_CASE("each place names what it could not hold") {
  const auto first = [](const std::string& text) {
    Parsed parsed(text);
    const auto shown = parsed.sink.diagnostics();
    REQUIRE_FALSE(shown.empty());
    return std::string(shown[0].code()) + " " + shown[0].headline;
  };
  CHECK(first("banana c { }") == "CR0121 a file has no `banana`");
  CHECK(first("carrier c { banana }") == "CR0121 a family or carrier has no `banana`");
  CHECK(first("carrier c { link a = http(b) { banana } }") == "CR0121 a link has no `banana`");
  CHECK(first("carrier c { endpoint a = http POST { banana } }") == "CR0121 an endpoint has no `banana`");
  CHECK(first("test \"x\" for c { banana }") == "CR0121 a test has no `banana`");
  CHECK(first("carrier c { procedure p { 5 } }").starts_with("CR0122 "));
  CHECK(first("let json = 5") == "CR0123 `json` is a word of the language and cannot be a name");
  CHECK(first("let x = \"\\q\"") == "CR0111 unknown escape `\\q`");
  CHECK(first("let x = \"\\u{110000}\"").starts_with("CR0111 "));
  CHECK(first("let x = \"{a\"") == "CR0112 a quote in a hole of a string");
  CHECK(first("let x = 12abc") == "CR0113 `12abc` is not a number or a unit the language knows");
  CHECK(first("carrier c { settings { a: text } }") == "CR0124 a type begins with a capital, `text` does not");
  CHECK(first("carrier c {\n/// nothing\n}") == "CR0125 this `///` documents nothing");
  CHECK(first("let x = 5 /// late\n") == "CR0125 this `///` documents nothing");
  CHECK(first("let x = 1\nuse a.b: c\n") == "CR0127 `use` must stand before the declarations");
  CHECK(first("use a.b: c\nedition 1\n") == "CR0127 `edition` must stand before the declarations");
  CHECK(first("let x = a $ b") == "CR0108 `$` has no meaning here");
}

TEST_CASE("one forgotten opening brace of a block costs its own lines, not the file") {
  const std::string text = read_sample("mtn_momo.carrier");
  for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    if (text[at + 1] != '\n' || text.substr(at - 5, 5) == "json ") continue;  // records and holes of strings
    std::string broken = text;
    broken.erase(at, 1);
    Parsed parsed(broken);
    INFO("without the { at " << at << "\n" << parsed.said());
    CHECK(parsed.sink.has_errors());
    CHECK(parsed.sink.diagnostics().size() <= 4);
    CHECK(parsed.tree.root().children(Kind::test).size() == 2);
  }
}

TEST_CASE("one forgotten closing brace is told once") {
  const std::string text = read_sample("mtn_momo.carrier");
  for (size_t at = text.find("}\n"); at != std::string::npos; at = text.find("}\n", at + 1)) {
    std::string broken = text;
    broken.erase(at, 1);
    Parsed parsed(broken);
    INFO("without the } at " << at << "\n" << parsed.said());
    CHECK(parsed.sink.has_errors());
    // A row whose record is not closed before its `=>` on the next line is the one case that costs the reading.
    const bool row = text.compare(at + 2, 8, "      =>") == 0;
    CHECK(parsed.sink.diagnostics().size() <= (row ? 10 : 4));
  }
}

TEST_CASE("a mistake in one statement leaves its neighbours alone") {
  // Each line of a sample is damaged in turn; what is said must be near it.
  const std::string text = read_sample("mtn_momo.carrier");
  SourceFile lines(FileId{0}, "t", text);
  for (uint32_t line = 1; line < lines.line_count(); ++line) {
    const std::string_view words = lines.line_text(line);
    const size_t first = words.find_first_not_of(' ');
    if (first == std::string_view::npos || words.substr(first).starts_with("//") || words.substr(first).starts_with("}")) continue;
    std::string broken = text;
    broken.insert(lines.line_begin(line) + first, "$ ");
    Parsed parsed(broken);
    INFO(parsed.said());
    REQUIRE(parsed.sink.has_errors());
    CHECK(parsed.sink.diagnostics().size() <= 2);
    CHECK(parsed.sources.file(FileId{0}).line_of(parsed.sink.diagnostics()[0].primary.begin) == line);
  }
}
