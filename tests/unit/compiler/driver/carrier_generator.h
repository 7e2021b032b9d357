// Well-typed carrier files from a seed: expressions over the rows of the catalog, optional values, messages both ways, arms, kept values, an auth.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "runtime/catalog/builtins.h"

namespace tollgate {

class CarrierGenerator {
 public:
  explicit CarrierGenerator(uint32_t seed) : random_(seed), seed_(seed) {}

  std::string text() {
    settings();
    std::string out = "edition 1\n\ncarrier made" + std::to_string(seed_) + " {\n  market KE\n  settings {\n    base: Url\n    t: Text\n    i: Int\n    d: Duration\n    c: Decimal\n    s: Secret\n    o: Text?\n    b: Bool\n  }\n\n";
    out += auth();
    out += "  link api = http(settings.base) {\n    with signed\n  }\n\n  procedure charge {\n    keep ref = uuid()\n";
    for (uint64_t n = below(3); n > 0; --n) out += statement(true);
    for (uint64_t n = 1 + below(5); n > 0; --n) out += statement(false);
    out += "    send api POST \"/charges/{ref}\" {\n      header \"X-Made\": " + word(2) + "\n" + body() + "    }\n" + arms(true) + "    on doubt => ask status(ref)\n  }\n\n";
    kept_only();
    out += "  enquiry status(ref: Uuid) about charge every 5s, 60s {\n    send api GET \"/charges/{ref}\"\n" + arms(false) + "  }\n}\n";
    return out;
  }

 private:
  struct Known {
    std::string name;
    Kind kind;
    bool optional = false;
  };

  uint64_t below(uint64_t n) { return random_() % n; }
  bool chance(uint64_t of) { return below(of) == 0; }
  template <class T>
  const T& any(const std::vector<T>& list) { return list[below(list.size())]; }

  void settings() {
    known_ = {{"settings.t", Kind::text}, {"settings.i", Kind::integer}, {"settings.d", Kind::duration}, {"settings.c", Kind::decimal}, {"settings.o", Kind::text, true},
              {"settings.b", Kind::boolean}, {"settings.s", Kind::secret}, {"amount", Kind::money}, {"user.msisdn", Kind::msisdn}, {"user.language", Kind::text, true},
              {"product.title", Kind::text}, {"product.id", Kind::text}, {"order.id", Kind::text}, {"ref", Kind::uuid}, {"market.currency", Kind::currency}, {"now", Kind::time}};
  }
  // What is there after an answer.
  void kept_only() { known_.clear(); }

  // ---- expressions

  std::string literal(Kind kind) {
    switch (kind) {
      case Kind::text: return any<std::string>({"\"\"", "\"a\"", "\"key=value&x\"", "\"h\u00e9llo \u20ac\"", "\"174379\"", "\"YWI=\"", "\"2026-01-02\"", "'{raw}'"});
      case Kind::integer: return any<std::string>({"0", "1", "-7", "60", "4096", "1000000007"});
      case Kind::decimal: return any<std::string>({"0.0", "1.50", "-3.25", "99999.999"});
      case Kind::boolean: return chance(2) ? "true" : "false";
      case Kind::duration: return any<std::string>({"0s", "250ms", "90s", "10min", "24h"});
      case Kind::bytes: return "\"" + std::string(1 + below(9), 'x') + "\".bytes";
      default: return "";
    }
  }

  std::vector<const Known*> of_kind(Kind kind, bool optional) const {
    std::vector<const Known*> out;
    for (const Known& k : known_)
      if (k.kind == kind && k.optional == optional) out.push_back(&k);
    return out;
  }

  static bool made(Kind kind) {
    return kind == Kind::text || kind == Kind::integer || kind == Kind::decimal || kind == Kind::boolean || kind == Kind::duration || kind == Kind::bytes || kind == Kind::time ||
           kind == Kind::money || kind == Kind::local_time || kind == Kind::currency;
  }

  // Rows that give this kind from what can be made here.
  const std::vector<const BuiltinRow*>& rows(Kind kind) {
    auto& list = rows_[static_cast<size_t>(kind)];
    if (!list.empty()) return list;
    for (const BuiltinRow& row : builtins()) {
      bool fits = row.result_kind == ResultKind::stated && row.result == kind && row.labels != LabelRule::open_only && row.labels != LabelRule::open_join && row.faults != Faults::by_key;
      if (row.symbol.starts_with("test_") || row.parameter_count == 0) fits = false;
      if (row.calling == Calling::operation && sign(row.name).empty()) fits = false;
      for (const Parameter& p : row.arguments()) fits = fits && kind_of(p) != Kind::missing;
      if (in_auth_ && row.faults == Faults::may) fits = false;
      if (fits) list.push_back(&row);
    }
    if (list.empty()) list.push_back(nullptr);
    return list;
  }
  static std::string sign(std::string_view name) {
    if (name == "add") return "+";
    if (name == "subtract") return "-";
    if (name == "multiply") return "*";
    if (name == "divide") return "/";
    return "";
  }
  // The kind that is made for a parameter; missing if none can be.
  static Kind kind_of(const Parameter& p) {
    for (Kind kind : {Kind::text, Kind::integer, Kind::decimal, Kind::money, Kind::duration, Kind::time, Kind::local_time, Kind::bytes, Kind::boolean, Kind::msisdn, Kind::uuid, Kind::currency})
      if (contains(p.kinds, kind)) return kind;
    return Kind::missing;
  }

  std::string expr(Kind kind, int depth) {
    const auto optional = of_kind(kind, true);
    if (!optional.empty() && chance(6)) return "(" + any(optional)->name + " else " + expr(kind, 0) + ")";
    const auto there = of_kind(kind, false);
    if (depth > 0 && made(kind) && !chance(3)) {
      const BuiltinRow* row = any(rows(kind));
      if (row != nullptr) return call(*row, depth - 1);
    }
    if (!there.empty() && (literal(kind).empty() || !chance(3))) return any(there)->name;
    const std::string plain = literal(kind);
    if (!plain.empty()) return plain;
    const BuiltinRow* row = made(kind) ? any(rows(kind)) : nullptr;
    return row == nullptr || depth < -4 ? "amount" : call(*row, depth - 1);
  }

  std::string argument(const Parameter& p, int depth) {
    switch (p.meaning) {
      case Meaning::any: {
        if (contains(p.kinds, Kind::secret) && !in_auth_ && chance(8)) return "settings.s";
        return expr(kind_of(p), depth);
      }
      case Meaning::count: return in_auth_ || chance(2) ? std::to_string(below(300)) : "60";
      case Meaning::scale: return std::to_string(below(6));
      case Meaning::zone: return "\"Africa/Nairobi\"";
      case Meaning::time_pattern: return any<std::string>({"\"yyyyMMddHHmmss\"", "\"yyyy-MM-dd\"", "\"EEE, d MMM yyyy HH:mm:ss\""});
      case Meaning::unit: return chance(2) ? "\"bytes\"" : "\"utf16\"";
      case Meaning::group: return "\",\"";
      case Meaning::fill: return any<std::string>({"\"0\"", "\" \"", "\"\u00e9\""});
      case Meaning::needle: return any<std::string>({"\"a\"", "\"=\"", "\"\u20ac\""});
      case Meaning::picture: return chance(2) ? "\"1.234,56\"" : "\"1234\"";
      case Meaning::charset: return any<std::string>({"\"UTF-16BE\"", "\"windows-1251\"", "\"ISO-8859-1\""});
      case Meaning::file_name: return "\"a.csv\"";
    }
    return "";
  }

  std::string call(const BuiltinRow& row, int depth) {
    std::vector<std::string> arguments;
    for (const Parameter& p : row.arguments())
      if (!p.optional || chance(2)) arguments.push_back(argument(p, depth));
      else break;
    std::string out;
    if (row.calling == Calling::operation) {
      out = "(" + arguments[0] + " " + sign(row.name) + " " + arguments[1] + ")";
    } else {
      const bool form = row.calling == Calling::form;
      std::string inside;
      for (size_t i = form ? 1 : 0; i < arguments.size(); ++i) inside += (inside.empty() ? "" : ", ") + arguments[i];
      const std::string name(row.name);
      out = form ? "(" + arguments[0] + ")." + name + (arguments.size() > 1 ? "(" + inside + ")" : "") : name + "(" + inside + ")";
    }
    return row.optional ? "(" + out + " else " + fallback(row.result) + ")" : out;
  }
  std::string fallback(Kind kind) {
    const std::string plain = literal(kind);
    return plain.empty() ? kind == Kind::time ? "now" : "amount" : plain;
  }

  // Characters, whatever they were made from.
  std::string word(int depth) {
    switch (below(6)) {
      case 0: return "(" + expr(Kind::integer, depth) + ").text";
      case 1: return "(" + expr(Kind::decimal, depth) + ").text";
      case 2: return "(" + expr(Kind::bytes, depth) + ")" + any<std::string>({".hex", ".base64", ".base64url"});
      case 3: return "(" + expr(Kind::duration, depth) + ").text";
      default: return "(" + expr(Kind::text, depth) + ").text";
    }
  }

  std::string statement(bool keep) {
    const Kind kind = keep ? Kind::text : any<Kind>({Kind::text, Kind::integer, Kind::decimal, Kind::duration, Kind::bytes, Kind::text, Kind::time, Kind::money});
    const std::string name = (keep ? "k" : "l") + std::to_string(++names_);
    const std::string value = keep ? "(" + word(2) + ").first(200)" : expr(kind, 3);
    const std::string out = std::string("    ") + (keep ? "keep " : "let ") + name + " = " + value + "\n";
    known_.push_back({name, kind});
    return out;
  }

  // ---- messages

  std::string leaf() {
    switch (below(6)) {
      case 0: return expr(Kind::integer, 2);
      case 1: return expr(Kind::decimal, 2);
      case 2: return expr(Kind::boolean, 1);
      case 3: return "\"made {ref}\"";
      default: return word(2);
    }
  }
  std::string members(int depth) {
    std::string out;
    for (uint64_t n = 1 + below(4); n > 0; --n) {
      const std::string label = "m" + std::to_string(++names_) + ": ";
      out += ", " + label;
      switch (depth > 0 ? below(5) : 4) {
        case 0: out += "{ x: " + leaf() + members(depth - 1) + " }"; break;
        case 1: out += "[" + leaf() + ", " + leaf() + "]"; break;
        case 2: out += any<std::string>({"base64", "hex", "base64url gzip"}) + " json { x: " + leaf() + members(depth - 1) + " }"; break;
        default: out += leaf(); break;
      }
    }
    return out;
  }
  std::string flat() {
    std::string out;
    for (uint64_t n = 1 + below(4); n > 0; --n) out += ", m" + std::to_string(++names_) + ": " + word(2);
    return out;
  }
  std::string body() {
    const std::string money = "id: ref, amount: amount.decimal.text";
    switch (below(4)) {
      case 0: return "      form { " + money + flat() + " }\n";
      case 1: return "      json { " + money + members(1) + " }\n";
      default: return "      json { " + money + members(2) + " }\n";
    }
  }

  // What an answer may have beside what says that it is ours, with the names that it binds.
  std::string read(std::vector<Known>& bound) {
    std::string out;
    for (uint64_t n = below(4); n > 0; --n) {
      struct Reader { const char* type; Kind kind; };
      const Reader reader = any<Reader>({{"Text", Kind::text}, {"Int", Kind::integer}, {"Int.text", Kind::integer}, {"Decimal", Kind::decimal}, {"Decimal.text", Kind::decimal}, {"Bool", Kind::boolean},
                                         {"Duration.seconds", Kind::duration}, {"Time.rfc3339", Kind::time}, {"Msisdn.plus", Kind::msisdn}, {"Uuid", Kind::uuid}});
      const bool optional = chance(3);
      const std::string name = "v" + std::to_string(++names_);
      out += ", " + name + (optional ? "?: " : ": ") + reader.type;
      bound.push_back({name, reader.kind, optional});
    }
    return out;
  }

  std::string arms(bool of_charge) {
    const std::string amount = of_charge ? "amount" : "charge.amount";
    std::string out;
    uint16_t status = 200;
    for (uint64_t n = 1 + below(3); n > 0; --n, ++status) {
      const std::vector<Known> outside = known_;
      std::vector<Known> bound;
      const std::string more = read(bound);
      known_ = bound;
      for (const char* setting : {"settings.t", "settings.i", "settings.d", "settings.c"}) known_.push_back({setting, setting[9] == 't' ? Kind::text : setting[9] == 'i' ? Kind::integer : setting[9] == 'd' ? Kind::duration : Kind::decimal});
      in_arm_ = true;
      out += "    on " + std::to_string(status) + " json { id: == ref, state: \"PAID\", amount: == " + amount + ".decimal.text, receipt: Text" + more + " } => succeeded { carrier_ref: receipt }\n";
      out += "    on " + std::to_string(status) + " json { id: == ref, state: \"NO\", word: Text as code" + read(bound) + " } => declined refused\n";
      in_arm_ = false;
      known_ = outside;
    }
    return out;
  }

  std::string auth() {
    in_auth_ = true;
    for (auto& list : rows_) list.clear();
    const std::vector<Known> all = known_;
    known_ = {{"settings.t", Kind::text}, {"settings.i", Kind::integer}, {"settings.d", Kind::duration}, {"settings.c", Kind::decimal}, {"now", Kind::time}, {"request.method", Kind::text},
              {"request.path", Kind::text}, {"request.body", Kind::bytes}, {"request.query", Kind::text}};
    std::string out = "  auth signed {\n    let made = " + word(3) + "\n    let fields = request.fields.sorted.join(\"=\", \"&\")\n";
    out += "    header \"X-Signed\": hmac_sha256(settings.s, \"{fields}{made}\").hex\n    header \"X-Word\": base64(made)\n  }\n\n";
    known_ = all;
    in_auth_ = false;
    for (auto& list : rows_) list.clear();
    return out;
  }

  std::mt19937 random_;
  uint32_t seed_;
  std::vector<Known> known_;
  std::array<std::vector<const BuiltinRow*>, kKindCount> rows_;
  bool in_auth_ = false, in_arm_ = false;
  uint32_t names_ = 0;
};

}  // namespace tollgate
