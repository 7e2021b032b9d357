#include <catch2/catch.hpp>

#include <set>

#include "compiler/diag/diagnostic.h"
#include "compiler/diag/render.h"
#include "compiler/diag/suggest.h"

using namespace tollgate;

namespace {
Span find(const SourceSet& sources, FileId file, std::string_view text) {
  const size_t at = sources.file(file).text().find(text);
  REQUIRE(at != std::string_view::npos);
  return sources.file(file).span(at, at + text.size());
}
}  // namespace

TEST_CASE("every code is unique, in its range, with a headline in house style") {
  std::set<std::string_view> codes, names;
  for (const DiagnosticRow& row : all_diagnostics()) {
    INFO(row.code);
    CHECK(codes.insert(row.code).second);
    CHECK(names.insert(row.name).second);
    CHECK(row.code.size() == 6);
    CHECK(row.code.starts_with("CR0"));
    CHECK(row.severity == (row.code.starts_with("CR09") ? Severity::warning : Severity::error));
    REQUIRE_FALSE(row.headline.empty());
    CHECK_FALSE(row.headline.ends_with('.'));
    CHECK_FALSE(row.why.empty());
    CHECK(find_diagnostic(row.code) == row.id);
  }
  CHECK_FALSE(find_diagnostic("CR9999").has_value());
}

TEST_CASE("a diagnostic is shown with its line, carets, labels, notes and the edited line") {
  SourceSet sources;
  const FileId file = sources.add("demo.carrier", "family demo {\n  link api = htp(settings.base)\n}\n");
  Sink sink;
  const Span word = find(sources, file, "htp");
  sink.report(Diag::unknown_word, word)
      .arg("where", "a link")
      .arg("word", "htp")
      .label("no such transport")
      .also(find(sources, file, "demo"), "in this family")
      .because("transports are a closed list")
      .help(Grade::sure, "write `http`", {{word, "http"}});
  CHECK(render_terminal(sink, sources) == R"(error[CR0121]: a link has no `htp`
 --> demo.carrier:2:14
  |
1 | family demo {
  |        ---- in this family
2 |   link api = htp(settings.base)
  |              ^^^ no such transport
  = because: transports are a closed list
help[sure]: write `http`
  |
2 |   link api = http(settings.base)
  |              ~~~~

1 error
)");
}

TEST_CASE("carets stand under tabs, accents and wide characters") {
  SourceSet sources;
  const FileId file = sources.add("t", "\tlet a = \"\xC3\xA9\xE4\xB8\xAD\" + bad\n");
  Sink sink;
  sink.report(Diag::expected, find(sources, file, "bad")).arg("what", "x").arg("found", "`bad`").label("here");
  CHECK(render_terminal(sink.diagnostics()[0], sources) ==
        "error[CR0120]: expected x, found `bad`\n"
        " --> t:1:17\n"
        "  |\n"
        "1 |     let a = \"\xC3\xA9\xE4\xB8\xAD\" + bad\n"
        "  |                     ^^^ here\n");
}

TEST_CASE("labels in another file get a window of their own") {
  SourceSet sources;
  const FileId a = sources.add("a.carrier", "use b: thing\n");
  const FileId b = sources.add("b.carrier", "\n\nlet other = 1\n");
  Sink sink;
  sink.report(Diag::expected, find(sources, a, "thing")).arg("what", "x").arg("found", "y").also(find(sources, b, "other"), "there");
  CHECK(render_terminal(sink.diagnostics()[0], sources) == R"(error[CR0120]: expected x, found y
 --> a.carrier:1:8
  |
1 | use b: thing
  |        ^^^^^
 ::: b.carrier:3:5
  |
3 | let other = 1
  |     ----- there
)");
}

TEST_CASE("lines far apart are joined by dots, a single one between them is shown") {
  SourceSet sources;
  const FileId file = sources.add("t", "one\ntwo\nthree\nfour\nfive\nsix\n");
  Sink sink;
  sink.report(Diag::expected, find(sources, file, "three")).also(find(sources, file, "one"), "a").also(find(sources, file, "six"), "b");
  const std::string shown = render_terminal(sink.diagnostics()[0], sources);
  CHECK(shown.find("2 | two\n") != std::string::npos);
  CHECK(shown.find("...\n6 | six\n") != std::string::npos);
  CHECK(shown.find("four") == std::string::npos);
}

TEST_CASE("a very long line is cut around its place, and a place past the end does no harm") {
  SourceSet sources;
  const FileId file = sources.add("t", std::string(100000, 'x') + "HERE" + std::string(100000, 'y'));
  Sink sink;
  sink.report(Diag::expected, find(sources, file, "HERE")).label("there");
  sink.report(Diag::expected, sources.file(file).span(900000, 900001));
  const std::string shown = render_terminal(sink, sources);
  CHECK(shown.size() < 2000);
  CHECK(shown.find("HEREyyy") != std::string::npos);
  const size_t source_at = shown.find("HERE"), source_begin = shown.rfind('\n', source_at);
  const size_t caret_at = shown.find("^^^^ there"), caret_begin = shown.rfind('\n', caret_at);
  CHECK(source_at - source_begin == caret_at - caret_begin);
}

TEST_CASE("bytes that could command a terminal are not passed on") {
  SourceSet sources;
  const FileId file = sources.add("t", "a \x1B[31m b \xFF\n");
  Sink sink;
  sink.report(Diag::binary_file, sources.file(file).span(2, 3));
  CHECK(render_terminal(sink, sources).find('\x1B') == std::string::npos);
  CHECK(render_json(sink, sources).find('\x1B') == std::string::npos);
  CHECK(render_terminal(sink, sources, {.colour = true}).find("\x1B[1;31merror") != std::string::npos);
}

TEST_CASE("a help whose edit adds a line shows both lines") {
  SourceSet sources;
  const FileId file = sources.add("t", "{\n  a\n");
  Sink sink;
  const Span end = sources.file(file).span(5, 5);
  sink.report(Diag::expected, end).help(Grade::likely, "close it", {{end, "\n}"}});
  const std::string shown = render_terminal(sink.diagnostics()[0], sources);
  CHECK(shown.find("help[likely]: close it\n  |\n2 |   a\n3 | }\n  | ~\n") != std::string::npos);
}

TEST_CASE("the sink sorts by place, drops duplicates and folds look-alikes") {
  SourceSet sources;
  const FileId file = sources.add("t", std::string(3000, 'x'));
  Sink sink;
  for (uint32_t i = 20; i > 0; --i) sink.report(Diag::expected, Span{file, i, i + 1}).arg("what", "x").arg("found", "y");
  sink.report(Diag::expected, Span{file, 1, 2}).arg("what", "x").arg("found", "y");
  sink.report(Diag::expected, Span{file, 2, 3}).arg("what", "z").arg("found", "y");
  const auto shown = sink.diagnostics();
  REQUIRE(shown.size() == Sink::kAlikeMax + 1);
  CHECK(shown[0].primary.begin == 1);
  CHECK(shown[2].headline == "expected z, found y");
  CHECK(shown.back().alike == 20 - Sink::kAlikeMax);
  CHECK(render_terminal(sink, sources).find("and 16 more like this") != std::string::npos);
}

TEST_CASE("at most kDiagnosticsMax are shown, errors before warnings, the rest is counted") {
  SourceSet sources;
  const FileId file = sources.add("t", std::string(5000, 'x'));
  Sink sink;
  for (uint32_t i = 0; i < 2000; ++i) sink.report(Diag::expected, Span{file, i, i + 1}).arg("what", std::to_string(i));
  CHECK(sink.diagnostics().size() == Sink::kDiagnosticsMax);
  CHECK(sink.not_shown() == 2000 - Sink::kDiagnosticsMax);
  CHECK(sink.report_count() == 2000);
  CHECK(sink.error_count() == 2000);
}

size_t count_of(const std::string& text, const std::string& word) {
  size_t n = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

TEST_CASE("people are told how many findings are not shown, machines get every one or how many were left out") {
  SourceSet sources;
  const FileId file = sources.add("t", std::string(5000, 'x'));
  Sink few, many;
  for (uint32_t i = 0; i < 60; ++i) few.report(Diag::expected, Span{file, i, i + 1}).arg("what", i < 55 ? std::to_string(i) : "x").arg("found", "y");
  for (uint32_t i = 0; i < 1007; ++i) many.report(Diag::expected, Span{file, i, i + 1}).arg("what", std::to_string(i)).arg("found", "y");

  // 55 with words of their own, 4 of the 5 alike.
  CHECK(render_terminal(few, sources).find("50 errors, and 9 more\n") != std::string::npos);
  CHECK(render_brief(few, sources).find("and 9 more\n") != std::string::npos);

  CHECK(count_of(render_json(few, sources), "\"code\":\"CR0120\"") == 60);
  CHECK(count_of(render_sarif(few, sources), "\"ruleId\":\"CR0120\"") == 60);
  CHECK(count_of(render_junit(few, sources), "<failure type=\"CR0120\"") == 60);
  CHECK(count_of(render_github(few, sources), "::error file=t") == 60);
  for (const std::string& text : {render_json(few, sources), render_sarif(few, sources), render_junit(few, sources), render_github(few, sources)})
    CHECK(text.find("left") == std::string::npos);

  CHECK(count_of(render_json(many, sources), "\"code\":\"CR0120\"") == 1000);
  CHECK(render_json(many, sources).find("{\"left_out\":7}\n") != std::string::npos);
  for (const std::string& text : {render_sarif(many, sources), render_junit(many, sources), render_github(many, sources)})
    CHECK(text.find("7 more findings are left out") != std::string::npos);
}

TEST_CASE("an argument that looks like a hole is not filled again, and a long one is cut at a character") {
  Sink sink;
  sink.report(Diag::expected, Span{}).arg("what", "{found}{what}").arg("found", "y");
  CHECK(sink.diagnostics()[0].headline.find("{what}") != std::string::npos);
  Sink longer;
  std::string accents;
  for (int i = 0; i < 200; ++i) accents += "\xC3\xA9";
  longer.report(Diag::expected, Span{}).arg("what", accents);
  CHECK(longer.diagnostics()[0].headline.size() < 150);
}

TEST_CASE("brief is one line, JSON is one object a line") {
  SourceSet sources;
  const FileId file = sources.add("a\"b.carrier", "let x = \"\xC3\xA9\" bad\n");
  Sink sink;
  const Span bad = find(sources, file, "bad");
  sink.report(Diag::expected, bad).arg("what", "x").arg("found", "`bad`").help(Grade::sure, "h", {{bad, "good\n"}});
  CHECK(render_brief(sink, sources) == "a\"b.carrier:1:13: error[CR0120]: expected x, found `bad`\n");
  const std::string json = render_json(sink, sources);
  CHECK(json.find("\"code\":\"CR0120\",\"name\":\"expected\",\"severity\":\"error\"") != std::string::npos);
  CHECK(json.find("\"file\":\"a\\\"b.carrier\",\"start\":{\"byte\":13,\"line\":1,\"column\":13}") != std::string::npos);
  CHECK(json.find("\"replacement\":\"good\\n\"") != std::string::npos);
  CHECK(std::count(json.begin(), json.end(), '\n') == 1);
}

TEST_CASE("a fingerprint stays when lines move and changes with the finding") {
  const auto fingerprint = [](const std::string& text, const char* what) {
    SourceSet sources;
    const FileId file = sources.add("t", text);
    Sink sink;
    sink.report(Diag::expected, find(sources, file, "bad")).arg("what", what);
    const std::string json = render_json(sink, sources);
    return json.substr(json.find("fingerprint"));
  };
  CHECK(fingerprint("bad", "x") == fingerprint("\n\n  bad", "x"));
  CHECK(fingerprint("bad", "x") != fingerprint("bad", "y"));
}

TEST_CASE("suggestions are near or absent") {
  const std::vector<std::string_view> words = {"procedure", "reading", "callback", "endpoint", "to"};
  CHECK(suggest("procdure", words) == "procedure");
  CHECK(suggest("raeding", words) == "reading");
  CHECK(suggest("calbakc", words) == "callback");
  CHECK(suggest("banana", words) == std::nullopt);
  CHECK(suggest("x", words) == std::nullopt);
  CHECK(suggest("ot", words) == "to");
  CHECK(suggest("", words) == std::nullopt);
  CHECK(suggest(std::string(100000, 'a'), words) == std::nullopt);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abcd", "abdc") == 1);
  CHECK(list_names({"a", "b"}) == "valid: a, b");
  CHECK(list_names({"a", "b", "c", "d", "e", "f", "g", "h"}).empty());
}
