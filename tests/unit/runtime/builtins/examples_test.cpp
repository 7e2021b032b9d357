// The example of every row is run: what the manual says is what happens.
#include <catch2/catch.hpp>
#include <cctype>

#include "notation.h"
#include "peer/test_keys.h"
#include "runtime/value/codec.h"
#include "runtime/value/decimal.h"
#include "runtime/value/time_format.h"

namespace tollgate {

std::optional<Value> Notation::run() {
  Value value;
  if (!expression(value)) return std::nullopt;
  blanks();
  if (!text_.empty()) return fail("more follows: " + std::string(text_)), std::nullopt;
  return value;
}

bool Notation::expression(Value& out) {
  if (!primary(out)) return false;
  while (take(".")) {
    const std::string name(take_word());
    std::vector<Value> all = {out};
    if (take("(") && !arguments(all)) return false;
    std::vector<Kind> kinds;
    for (const Value& v : all) kinds.push_back(v.kind);
    if (!call(find_form(name, kinds), all, name, out)) return false;
  }
  return true;
}

bool Notation::primary(Value& out) {
  blanks();
  if (text_.empty()) return fail("something is missing");
  const char c = text_[0];
  if (c == '"') return quoted(out);
  if (c == '[') return list(out);
  if (c == '{') return pairs(out);
  if (take("⟨")) return angled(out);
  if (c == '+') {
    text_.remove_prefix(1);
    const std::string_view digits = text_.substr(0, text_.find_first_not_of("0123456789"));
    text_.remove_prefix(digits.size());
    out = kept(Kind::msisdn, digits);
    return true;
  }
  return std::isdigit(static_cast<unsigned char>(c)) || c == '-' ? number(out) : word(out);
}

bool Notation::number(Value& out) {
  if (take("0x")) {
    const std::string_view hex = take_word();
    out = kept(Kind::bytes, decode_hex(hex).value_or(""));
    return true;
  }
  size_t end = text_[0] == '-' ? 1 : 0;
  while (end < text_.size() && std::isdigit(static_cast<unsigned char>(text_[end]))) ++end;
  if (end + 1 < text_.size() && text_[end] == '.' && std::isdigit(static_cast<unsigned char>(text_[end + 1]))) {
    for (++end; end < text_.size() && std::isdigit(static_cast<unsigned char>(text_[end])); ++end) {}
  }
  const std::string_view digits = text_.substr(0, end);
  text_.remove_prefix(end);
  const auto d = parse_decimal(digits);
  if (!d) return fail("no number");
  out = d->scale == 0 ? Value::number(d->coefficient) : Value::decimal(d->coefficient, d->scale);
  const std::string_view unit = take_word();
  if (unit == "ms") out = Value::duration(d->coefficient);
  else if (unit == "s") out = Value::duration(d->coefficient * 1000);
  else if (unit == "min") out = Value::duration(d->coefficient * 60'000);
  else if (unit == "h") out = Value::duration(d->coefficient * 3'600'000);
  else if (!unit.empty()) return fail("no unit: " + std::string(unit));
  return true;
}

bool Notation::word(Value& out) {
  const std::string name(take_word());
  if (name == "missing") return out = Value::missing(), true;
  if (name == "true" || name == "false") return out = Value::boolean(name == "true"), true;
  if (const uint32_t currency = pack_currency(name)) {
    blanks();
    Value amount;
    if (text_.empty() || !std::isdigit(static_cast<unsigned char>(text_[0]))) return out = Value::currency(currency), true;
    if (!number(amount)) return false;
    return out = Value::money(amount.integer, amount.scale, currency), true;
  }
  std::vector<Value> all;
  if (!take("(") || !arguments(all)) return fail("no call: " + name);
  if (name.starts_with("test_") && all.size() == 1) return test_key_of(name, all[0].view(), out);
  std::vector<Kind> kinds;
  for (const Value& v : all) kinds.push_back(v.kind);
  const BuiltinRow* row = find_function(name, kinds);
  return call(row != nullptr ? row : find_operation(name, kinds), all, name, out);
}

// test_private_key("rsa"), test_public_key("p256"), test_certificate("ed25519"): the keys of the tests.
bool Notation::test_key_of(const std::string& what, std::string_view name, Value& out) {
  const peer::TestKey& key = peer::test_key(name);
  const bool secret = what == "test_private_key", certificate = what == "test_certificate";
  const auto der = decode_base64(secret ? key.private_key : certificate ? key.certificate : key.public_key);
  if (!der) return fail("no key");
  out = kept(secret ? Kind::private_key : certificate ? Kind::certificate : Kind::public_key, *der);
  return true;
}

bool Notation::quoted(Value& out) {
  const size_t end = text_.find('"', 1);
  if (end == std::string_view::npos) return fail("a quote is not closed");
  out = kept(Kind::text, text_.substr(1, end - 1));
  text_.remove_prefix(end + 1);
  return true;
}

bool Notation::angled(Value& out) {
  const size_t end = text_.find("⟩");
  if (end == std::string_view::npos) return fail("an angle is not closed");
  const std::string_view inside = text_.substr(0, end);
  text_.remove_prefix(end + std::string_view("⟩").size());
  if (auto us = parse_rfc3339(inside)) out = Value::time(*us);
  else out = kept(inside.starts_with("http") ? Kind::url : Kind::uuid, inside);
  return true;
}

bool Notation::list(Value& out) {
  take("[");
  std::vector<Value> elements;
  while (!take("]")) {
    elements.emplace_back();
    if (!expression(elements.back())) return false;
    take(",");
  }
  Value* kept_elements = arena_.array<Value>(elements.size());
  std::copy(elements.begin(), elements.end(), kept_elements);
  out = Value::list(kept_elements, static_cast<uint32_t>(elements.size()));
  return true;
}

bool Notation::pairs(Value& out) {
  take("{");
  std::vector<Value> elements;
  while (!take("}")) {
    elements.push_back(kept(Kind::text, take_word()));
    elements.emplace_back();
    if (!take(":") || !expression(elements.back())) return fail("no pair");
    take(",");
    blanks();
  }
  Value* kept_elements = arena_.array<Value>(elements.size());
  std::copy(elements.begin(), elements.end(), kept_elements);
  out = Value::pairs(kept_elements, static_cast<uint32_t>(elements.size() / 2));
  return true;
}

bool Notation::arguments(std::vector<Value>& out) {
  while (!take(")")) {
    out.emplace_back();
    if (!expression(out.back())) return false;
    take(",");
  }
  return true;
}

bool Notation::call(const BuiltinRow* row, const std::vector<Value>& arguments, const std::string& name, Value& out) {
  if (row == nullptr) return fail("no such builtin for these kinds: " + name);
  BuiltinFault fault;
  if (!call_builtin(row->id, arguments.data(), static_cast<uint8_t>(arguments.size()), arena_, out, fault)) return fail(std::string(fault.why));
  return true;
}

bool Notation::take(std::string_view symbol) {
  if (symbol != "." && symbol != "(") blanks();
  if (!text_.starts_with(symbol)) return false;
  text_.remove_prefix(symbol.size());
  return true;
}

std::string_view Notation::take_word() {
  size_t end = 0;
  while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
  const std::string_view word = text_.substr(0, end);
  text_.remove_prefix(end);
  return word;
}

void Notation::blanks() {
  while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
}

bool Notation::fail(const std::string& why) {
  if (trouble_.empty()) trouble_ = why;
  return false;
}

Value Notation::kept(Kind kind, std::string_view text) { return Value::text_of(kind, arena_.copy(text), kPublic); }

}  // namespace tollgate

using namespace tollgate;

TEST_CASE("the example of every row gives what it says") {
  for (const BuiltinRow& row : builtins()) {
    Arena arena;
    INFO(row.symbol << ": " << row.example);
    const size_t arrow = row.example.find(" => ");
    Notation left(row.example.substr(0, arrow), arena), right(row.example.substr(arrow + 4), arena);
    auto got = left.run(), wanted = right.run();
    INFO(left.trouble() << right.trouble());
    REQUIRE(got);
    REQUIRE(wanted);
    INFO("got " << plain(*got));
    CHECK(same(*got, *wanted));
    CHECK(got->kind == wanted->kind);
    CHECK(row.example.find(row.name) != std::string_view::npos);
  }
}

TEST_CASE("what must fault does, and says why") {
  Arena arena;
  for (const char* faulty : {"KES 5.50.whole", "EUR 1.234.minor", "UGX 5.5.minor", "XQZ 5.minor", "XQZ.numeric", "1.25.scale(1)", "5.5.whole",
                             "9223372036854775807.seconds", "add(9223372036854775807, 1)", "divide(7, 2)", "divide(7, 0)",
                             "divide(KES 10, 3)", "add(KES 1, UGX 1)", "less(KES 1, UGX 1)", "1500ms.seconds", "add(⟨9999-12-31T23:59:59Z⟩, 1s)",
                             "subtract(⟨0001-01-01T00:00:00Z⟩, 1ms)", "\"abc\".first(4097)", "\"abc\".first(-1)", "\"a\".pad(3, \"ab\")",
                             "\"a\".replace(\"\", \"b\")", "⟨2026-01-02T03:04:05Z⟩.in(\"Nowhere\")", "⟨2026-01-02T03:04:05Z⟩.utc(\"QQ\")",
                             "\"a\".first(1, \"bits\")", "5.pad(-1)", "1.5.text(\"-\")"}) {
    INFO(faulty);
    Notation notation(faulty, arena);
    CHECK_FALSE(notation.run());
    CHECK(!notation.trouble().empty());
    CHECK(notation.trouble().find("no such builtin") == std::string::npos);
  }
  for (const char* absent : {"\"abc\".after(\"x\")", "base64_decode(\"?\")", "hex_decode(\"6\")", "0xff.text", "[].first", "percent_decode(\"%\")"}) {
    INFO(absent);
    Notation notation(absent, arena);
    auto value = notation.run();
    REQUIRE(value);
    CHECK_FALSE(value->present());
  }
}
