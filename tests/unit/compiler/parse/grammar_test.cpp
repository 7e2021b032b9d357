#include "compiler/parse/grammar.h"

#include <catch2/catch.hpp>

#include <set>

#include "tests/unit/compiler/parse/parsed.h"
#include "tests/unit/compiler/samples/read_sample.h"

using namespace tollgate;
using Kind = SyntaxKind;

namespace {

// Finds the first node of a kind anywhere.
NodeRef find(NodeRef at, Kind kind) {
  if (at.is(kind)) return at;
  for (NodeRef child : at.children())
    if (NodeRef found = find(child, kind)) return found;
  return {};
}

// The dump of what one member of a carrier became.
std::string member(const std::string& text) {
  Parsed parsed("carrier c {\n" + text + "\n}\n");
  INFO(text << "\n" << parsed.said());
  REQUIRE_FALSE(parsed.sink.has_errors());
  Tree& tree = parsed.tree;
  const std::string all = dump(tree);
  const size_t at = all.find("name `c`\n");
  std::string out, line;
  for (char c : all.substr(at + 9)) {
    line += c;
    if (c != '\n') continue;
    out += line.substr(std::min<size_t>(4, line.size()));
    line.clear();
  }
  return out;
}

std::string statement(const std::string& text) {
  const std::string all = member("procedure p {\n" + text + "\n}");
  const std::string head = "procedure\n  name `p`\n";
  REQUIRE(all.starts_with(head));
  std::string out, line;
  for (char c : all.substr(head.size())) {
    line += c;
    if (c != '\n') continue;
    out += line.substr(std::min<size_t>(2, line.size()));
    line.clear();
  }
  return out;
}

void collect(NodeRef at, std::set<Kind>& kinds) {
  kinds.insert(at.kind());
  for (NodeRef child : at.children()) collect(child, kinds);
}

}  // namespace

TEST_CASE("PEGTL finds no rule that loops without progress or recurses on its left") { CHECK(grammar_problems() == 0); }

TEST_CASE("every sample of the language parses without a word") {
  for (const std::string& name : sample_names()) {
    Parsed parsed(read_sample(name), name);
    INFO(parsed.said());
    CHECK(parsed.sink.report_count() == 0);
    CHECK_FALSE(parsed.tree.has_error());
    CHECK(parsed.tree.root().child_count() > 0);
  }
}

TEST_CASE("the samples use every kind of node") {
  std::set<Kind> kinds;
  for (const std::string& name : sample_names()) {
    Parsed parsed(read_sample(name), name);
    collect(parsed.tree.root(), kinds);
  }
  kinds.insert(Kind::error);
  std::string missing;
  for (size_t i = 0; i < static_cast<size_t>(Kind::slow) + 1; ++i)
    if (!kinds.contains(static_cast<Kind>(i))) missing += std::string(kind_name(static_cast<Kind>(i))) + " ";
  CHECK(missing == "");
}

TEST_CASE("children lie inside their parent, in order, and know it") {
  for (const std::string& name : sample_names()) {
    Parsed parsed(read_sample(name), name);
    for (uint32_t i = 0; i < parsed.tree.nodes.size(); ++i) {
      NodeRef node(&parsed.tree, NodeId{i});
      if (!node.parent() && !(node == parsed.tree.root())) continue;
      uint32_t last = node.span().begin;
      for (NodeRef child : node.children()) {
        REQUIRE(child.parent() == node);
        REQUIRE(node.span().covers(child.span()));
        REQUIRE(child.span().begin >= last);
        last = child.span().end;
      }
    }
  }
}

TEST_CASE("tokens and comments hold every byte that is not blank") {
  for (const std::string& name : sample_names()) {
    const std::string text = read_sample(name);
    Parsed parsed(text, name);
    std::vector<bool> held(text.size());
    for (const Token& token : parsed.tree.tokens)
      for (uint32_t i = token.begin; i < token.end; ++i) held[i] = true;
    for (const Comment& comment : parsed.tree.comments)
      for (uint32_t i = comment.begin; i < comment.end; ++i) held[i] = true;
    for (size_t i = 0; i < text.size(); ++i)
      if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos) REQUIRE(held[i]);
  }
}

TEST_CASE("heads belong to what they stand before, the first citations to the family") {
  Parsed parsed("carrier c {\ncites \"all\"\n/// doc\n/// more\ncites \"one\"\nopen reading r: Text { \"a\" => pending }\n}\n");
  INFO(parsed.said());
  NodeRef carrier = parsed.tree.root().child(Kind::carrier);
  CHECK(plain_text(carrier.child(Kind::cites).child(Kind::string)) == "all");
  NodeRef reading = carrier.child(Kind::reading);
  CHECK(doc_text(reading) == "doc\nmore");
  CHECK(reading.has(Kind::mark_open));
  CHECK(plain_text(reading.child(Kind::cites).child(0)) == "one");
  CHECK(reading.child(Kind::name).text() == "r");
}

TEST_CASE("operators bind as they are read") {
  CHECK(statement("let x = a - b * c else d.e(1)") ==
        "let\n  name `x`\n  otherwise\n    subtract\n      name `a`\n      multiply\n        name `b`\n        name `c`\n"
        "    member\n      name `d`\n      name `e`\n      args\n        integer `1`\n");
  CHECK(statement("let x = a - b - c") ==
        "let\n  name `x`\n  subtract\n    subtract\n      name `a`\n      name `b`\n    name `c`\n");
  CHECK(statement("let x = paid in market.currency") ==
        "let\n  name `x`\n  in_unit\n    name `paid`\n    member\n      name `market`\n      name `currency`\n");
}

TEST_CASE("a line goes on when the next one can only continue") {
  const std::string one = statement("on 202 => await paid(ref) or status(ref) within 10min because \"x\" cites \"y\"");
  CHECK(statement("on 202\n=> await paid(ref)\n  or status(ref)\n  within 10min\n  because \"x\"\n  cites \"y\"") == one);
  CHECK(statement("on 202 =>\n await paid(ref)\n or status(ref) // why\n within 10min because \"x\" cites \"y\"") == one);
  CHECK(statement("let x = a\n  + b\n  - c\n  .d") == statement("let x = a + b - c.d"));
  CHECK(statement("on 200\n | 201 => pending") == statement("on 200 | 201 => pending"));
}

TEST_CASE("a word that continues elsewhere may be a label at the start of a line") {
  const std::string text = "send a POST \"/x\" {\njson {\na: 1\nor: 2\nwithin: 3\nbecause: 4\nelse: 5\n}\n}";
  CHECK(statement(text) == statement("send a POST \"/x\" { json { a: 1, or: 2, within: 3, because: 4, else: 5 } }"));
}

TEST_CASE("newline and comma separate alike") {
  CHECK(member("settings { a: Text, b: Int = 1 }") == member("settings {\n\na: Text\n\nb: Int = 1,\n}"));
}

TEST_CASE("a value is what it looks like") {
  const auto value = [](const std::string& text) {
    const std::string all = statement("let x = " + text);
    const size_t at = all.find("name `x`\n  ") + 11;
    return all.substr(at, all.find('\n', at) - at);
  };
  CHECK(value("10min") == "duration `10min`");
  CHECK(value("64KiB") == "size `64KiB`");
  CHECK(value("UGX 5000") == "money `UGX 5000`");
  CHECK(value("UGX 50.25") == "money `UGX 50.25`");
  CHECK(value("+256770000001") == "msisdn `+256770000001`");
  CHECK(value("-5") == "integer `-5`");
  CHECK(value("0x1F") == "hex_int `0x1F`");
  CHECK(value("1.50") == "decimal `1.50`");
  CHECK(value("23:45") == "clock_time `23:45`");
  CHECK(value("'a {b} \\n'") == "raw_string `'a {b} \\n'`");
  CHECK(value("true") == "true_value `true`");
}

TEST_CASE("plus and minus are signs only where a value begins") {
  CHECK(statement("let x = a -5").find("subtract") != std::string::npos);
  CHECK(statement("let x = a +256770000001").find("add") != std::string::npos);
  CHECK(statement("let x = f(-5, +256770000001)").find("add") == std::string::npos);
}

TEST_CASE("a codec word is a shape, a function or a label, as it is followed") {
  CHECK(statement("let x = base64(key)").find("call\n    name `base64`") != std::string::npos);
  CHECK(statement("let x = base64 json { a: 1 }").find("codec\n      name `base64`\n    codec\n      name `json`") != std::string::npos);
  CHECK(statement("let x = base64 rsa_pkcs1(k) plain").find("name `plain`") != std::string::npos);
  CHECK(statement("let x = request.fields.pairs(\"=\")").find("member") != std::string::npos);
}

TEST_CASE("labels: plain, quoted, attribute, qualified, any namespace, paths") {
  const std::string all = statement("on 200 xml { soap:Body/*:Fault { @code: \"1\", on: Int, \"odd one\"?: _, *:x: missing } } => pending");
  CHECK(all.find("label_qualified\n          name `soap`\n          label `Body`\n        label_any_namespace\n          label `Fault`") != std::string::npos);
  CHECK(all.find("label_attribute `@code`") != std::string::npos);
  CHECK(all.find("label `on`") != std::string::npos);
  CHECK(all.find("mark_optional") != std::string::npos);
  CHECK(all.find("missing_value") != std::string::npos);
}

TEST_CASE("unless takes its list, not the next field") {
  const std::string all = statement("on 200 json { a: Text unless null, \"x\" as n, \"b\": 1 } => pending");
  CHECK(all.find("null_value `null`\n              string\n") != std::string::npos);
  CHECK(all.find("label_quoted") != std::string::npos);
}

TEST_CASE("strings have their holes in the tree") {
  const std::string all = statement("let x = \"a{b.c(2)}\\n\\u{e9}{d: Text}{_: 3 chars}{== e}{rest...}\"");
  CHECK(all.find("hole\n      member\n        name `b`\n        name `c`\n        args\n          integer `2`") != std::string::npos);
  CHECK(all.find("hole_pattern\n        name `d`\n        type_pattern\n          type_name `Text`") != std::string::npos);
  CHECK(all.find("hole_width\n          integer `3`") != std::string::npos);
  CHECK(all.find("hole_equals") != std::string::npos);
  CHECK(all.find("hole_rest") != std::string::npos);
}

TEST_CASE("the text of a string has its escapes resolved") {
  Parsed parsed("let x = \"a\\n\\t\\\"\\\\\\{\\}\\u{e9}\\u{1F600}\"\nlet y = 'a\\n'\nlet z = \"{a}\"\n");
  INFO(parsed.said());
  REQUIRE_FALSE(parsed.sink.has_errors());
  CHECK(plain_text(parsed.tree.root().child(Kind::let, 0).child(Kind::string)) == "a\n\t\"\\{}\xC3\xA9\xF0\x9F\x98\x80");
  CHECK(plain_text(parsed.tree.root().child(Kind::let, 1).child(Kind::raw_string)) == "a\\n");
  CHECK_FALSE(plain_text(parsed.tree.root().child(Kind::let, 2).child(Kind::string)).has_value());
}

TEST_CASE("targets: a chain, a table, a step, a value") {
  CHECK(statement("on doubt => ask q(r) within 1h then settlement ref then manual because \"x\"") ==
        "arm\n  on_doubt `doubt`\n  target\n    to_ask\n      name `q`\n      args\n        name `r`\n      within\n"
        "        duration `1h`\n    to_settlement\n      name `ref`\n    to_manual `manual`\n    because\n      string\n"
        "        string_text `x`\n");
  CHECK(statement("on 200 => then s(a)").find("to_step") != std::string::npos);
  CHECK(statement("on 200 => codes(a)").find("to_table") != std::string::npos);
  CHECK(statement("on 200 => token.x(a) lasting 5s").find("to_value") != std::string::npos);
  CHECK(statement("on 200 => f(a) lasting 5s").find("to_value") != std::string::npos);
}

TEST_CASE("names may be words that mean something elsewhere") {
  Parsed parsed("carrier c {\nreading reason: Text { \"a\" => pending }\nprocedure p { let status = 1\nlet step = user.text.on\nlet answer = step }\n}");
  INFO(parsed.said());
  CHECK_FALSE(parsed.sink.has_errors());
}

TEST_CASE("CRLF and a byte order mark change nothing in the tree") {
  std::string text = read_sample("mtn_momo.carrier"), windows = "\xEF\xBB\xBF";
  for (char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  Parsed a(text), b(windows);
  INFO(b.said());
  CHECK_FALSE(b.sink.has_errors());
  CHECK(same_tree(a.tree, b.tree));
  CHECK_FALSE(same_tree(a.tree, Parsed("carrier c { }").tree));
}
