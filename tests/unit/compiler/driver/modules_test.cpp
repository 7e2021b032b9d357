// What several files are to each other, and what a day changes.
#include <catch2/catch.hpp>

#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

const std::string kAuth = "edition 1\nauth key(value: Secret) {\n  header \"X-Key\": value\n}\n";

std::string carrier(const std::string& uses, const std::string& with, const std::string& name = "one", const std::string& more = "") {
  return "edition 1\n" + uses + more + "carrier " + name + R"( {
  market KE
  settings { base: Url, secret: Secret }
  link api = http(settings.base) { with )" + with + R"( }
  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, amount: amount.decimal.text } }
    on 200 json { state: "NO", id: == ref } => declined refused
    on doubt => manual because "no enquiry"
  }
}
)";
}

std::string said(const std::vector<SourceText>& files, std::string_view today = {}) {
  return compile(files, Phase::check, today).diagnostics(Rendering::brief);
}

}  // namespace

TEST_CASE("a file takes names out of another by the end of its path") {
  CHECK(said({{"ws/group/shared.carrier", kAuth}, {"ws/one.carrier", carrier("use group.shared: key\n", "key(settings.secret)")}}).empty());
  CHECK(said({{"ws/group/shared.carrier", kAuth}, {"ws/one.carrier", carrier("use shared: key\n", "key(settings.secret)")}}).empty());
  CHECK(said({{"ws/group/shared.carrier", kAuth}, {"ws/one.carrier", carrier("use oup.shared: key\n", "key(settings.secret)")}}).find("CR0203") != std::string::npos);
}

TEST_CASE("an end that two files share names neither") {
  std::vector<SourceText> files = {{"ws/a/shared.carrier", kAuth}, {"ws/b/shared.carrier", kAuth}, {"ws/one.carrier", carrier("use shared: key\n", "key(settings.secret)")}};
  CHECK(said(files).find("CR0239") != std::string::npos);
  files[2].text = carrier("use b.shared: key\n", "key(settings.secret)");
  CHECK(said(files).empty());
}

TEST_CASE("what is private stays in its file") {
  std::string hidden = "edition 1\nprivate auth key(value: Secret) {\n  header \"X-Key\": value\n}\n";
  CHECK(said({{"shared.carrier", hidden}, {"one.carrier", carrier("use shared: key\n", "key(settings.secret)")}}).find("CR0232") != std::string::npos);
}

TEST_CASE("files that use each other are told once, with the way round") {
  std::string a = "edition 1\nuse b: second\nauth key(value: Secret) {\n  header \"X-Key\": value\n}\n";
  std::string b = "edition 1\nuse a: key\nauth second(value: Secret) {\n  header \"X-Other\": value\n}\n";
  Compilation result = compile({{"a.carrier", a}, {"b.carrier", b}}, Phase::check);
  CHECK(result.errors() == 1);
  CHECK(result.diagnostics(Rendering::terminal).find("`a` uses `b` uses `a`") != std::string::npos);
}

TEST_CASE("what is deprecated elsewhere is warned of at the import") {
  std::string old = "edition 1\ndeprecated \"use second\"\nauth key(value: Secret) {\n  header \"X-Key\": value\n}\n";
  Compilation result = compile({{"shared.carrier", old}, {"one.carrier", carrier("use shared: key\n", "key(settings.secret)")}}, Phase::check);
  CHECK(result.ok());
  CHECK(result.diagnostics(Rendering::brief).find("CR0910") != std::string::npos);
}

TEST_CASE("tests beside the carrier test it") {
  std::string tests = "edition 1\ntest \"no\" for one {\n  start charge { user: +254708374149, amount: KES 5 }\n  expect POST \"/charges\"\n  lose reply\n  expect manual\n}\n";
  Compilation result = compile({{"one.carrier", carrier("use std.http: bearer\n", "bearer(settings.secret)")}, {"one.test.carrier", tests}});
  INFO(result.diagnostics(Rendering::terminal));
  CHECK(result.ok());
  CHECK(result.carriers().size() == 1);
}

TEST_CASE("what is allowed ends on its day, and only where a day is told") {
  std::string text = carrier("use std.http: bearer\n", "bearer(settings.secret)", "one", "allow CR0901 because \"soon\" until 2027-03-01\n");
  text.replace(text.find("secret: Secret }"), 16, "secret: Secret, spare: Text }");
  CHECK(said({{"one.carrier", text}}).empty());
  CHECK(said({{"one.carrier", text}}, "2027-03-01").empty());
  CHECK(said({{"one.carrier", text}}, "2027-03-02").find("CR0237") != std::string::npos);
}

TEST_CASE("citations are told once for a family, with their document") {
  std::string family = R"(edition 1
document guide = "The guide" { version "2", dated 2025-01-31 }
family wallet {
  cites guide "all of it"
  settings { base: Url }
  link api = http(settings.base)
  procedure charge {
    keep ref = uuid()
    send api POST "/charges" { json { id: ref, amount: amount.decimal.text } }
    on 200 json { state: "NO", id: == ref } => declined refused
    on 429 => failed throttled because "not looked at" cites "limits" version "7" unconfirmed
    on doubt => manual because "no enquiry"
  }
}
carrier w_ke is wallet { market KE }
carrier w_ug is wallet { version "2026.3", market UG }
)";
  Compilation result = compile({{"w.carrier", family}});
  INFO(result.diagnostics(Rendering::terminal));
  REQUIRE(result.ok());
  std::vector<CitationLine> lines = result.citations();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].carrier == "wallet");
  CHECK(lines[0].document == "The guide");
  CHECK(lines[0].dated == "2025-01-31");
  CHECK_FALSE(lines[0].unconfirmed);
  CHECK(lines[1].where == "procedure charge");
  CHECK(lines[1].version == "7");
  CHECK(lines[1].unconfirmed);
  for (const CompiledCarrier& each : result.carriers()) CHECK(each.version == (each.name == "w_ug" ? "2026.3" : ""));
}
