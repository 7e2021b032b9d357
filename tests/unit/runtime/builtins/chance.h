// Random values of the kinds that a builtin's row takes, from a seed.
#pragma once

#include <random>

#include "peer/test_keys.h"
#include "runtime/catalog/builtins.h"
#include "runtime/value/codec.h"
#include "runtime/value/zone.h"

namespace tollgate {

class Chance {
 public:
  Chance(uint32_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  uint64_t longest = 4;   // pieces of a text

  uint64_t below(uint64_t n) { return random_() % n; }

  std::string_view text() {
    static const char* const kPieces[] = {"", "a", "ab=c&d", "  x ", "\u00e9\u20ac", "\U0001f600", "\xff", "174379", "-", "+256", "0", "%41", "YWI="};
    std::string made;
    for (uint64_t i = below(longest + 1); i > 0; --i) made += kPieces[below(std::size(kPieces))];
    return arena_.copy(made);
  }

  int64_t number() {
    static constexpr int64_t kEdges[] = {0, 1, -1, 7, 100, INT64_MAX, INT64_MIN, 4096, 1'000'000'007, 999'999'999'999'999'999};
    return below(2) == 0 ? kEdges[below(std::size(kEdges))] : static_cast<int64_t>(random_()) >> below(63);
  }

  Value of_kind(Kind kind, const Parameter& parameter) {
    switch (kind) {
      case Kind::boolean: return Value::boolean(below(2) != 0);
      case Kind::integer: return Value::number(number());
      case Kind::decimal: return Value::decimal(number(), static_cast<uint8_t>(below(19)));
      case Kind::money: return Value::money(number(), static_cast<uint8_t>(below(19)), currency());
      case Kind::currency: return Value::currency(currency());
      case Kind::time: return Value::time(kTimeMinUs + static_cast<int64_t>(random_() % (kTimeMaxUs - kTimeMinUs)));
      case Kind::local_time: return Value::local_time(kTimeMinUs + static_cast<int64_t>(random_() % (kTimeMaxUs - kTimeMinUs)), 10800);
      case Kind::duration: return Value::duration(number());
      case Kind::msisdn: return Value::text_of(kind, "256770000001", kPublic);
      case Kind::uuid: return Value::text_of(kind, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", kPublic);
      case Kind::url: return Value::text_of(kind, "https://a.example/b?c", kPublic);
      case Kind::public_key: case Kind::private_key: case Kind::certificate: return key(kind);
      case Kind::list: return sequence(Kind::list, parameter.elements);
      case Kind::pairs: return sequence(Kind::pairs, set_of(Kind::text));
      default: return Value::text_of(kind, text(), kPublic);
    }
  }

  Kind any_of(KindSet set) {
    for (;;) {
      const auto kind = static_cast<Kind>(below(kKindCount));
      if (contains(set, kind)) return kind;
    }
  }

  Value argument(const Parameter& p) {
    switch (p.meaning) {
      case Meaning::any: return of_kind(any_of(p.kinds), p);
      case Meaning::count: return Value::number(static_cast<int64_t>(below(20)));
      case Meaning::scale: return Value::number(static_cast<int64_t>(below(19)));
      case Meaning::zone: return Value::text(below(2) == 0 ? "Africa/Kampala" : "Asia/Kathmandu");
      case Meaning::time_pattern: return Value::text(below(2) == 0 ? "yyyyMMddHHmmss" : "EEE, d MMM yyyy HH:mm:ss.SSSSXXX");
      case Meaning::unit: return Value::text(below(2) == 0 ? "bytes" : "utf16");
      case Meaning::group: return Value::text(",");
      case Meaning::fill: return Value::text("\u00e9");
      case Meaning::needle: return Value::text("a");
      case Meaning::picture: return Value::text(below(2) == 0 ? "1.234,56" : "1234");
      case Meaning::charset: return Value::text(below(2) == 0 ? "UTF-16BE" : "windows-1251");
      case Meaning::file_name: return Value::text("a.csv");
    }
    return {};
  }

  Labels labels() { return static_cast<Labels>(below(8)); }

 private:
  uint32_t currency() {
    static const char* const kCodes[] = {"UGX", "KES", "BHD", "XQZ"};
    return pack_currency(kCodes[below(4)]);
  }

  Value key(Kind kind) {
    const peer::TestKey& pair = peer::kTestKeys[below(std::size(peer::kTestKeys))];
    const auto der = decode_base64(kind == Kind::private_key ? pair.private_key : kind == Kind::certificate ? pair.certificate : pair.public_key);
    return Value::text_of(kind, arena_.copy(*der), kPublic);
  }

  Value sequence(Kind kind, KindSet inside) {
    const auto n = static_cast<uint32_t>(below(longest == 4 ? 4 : 40));
    const uint32_t values = kind == Kind::pairs ? 2 * n : n;
    Value* elements = arena_.array<Value>(values);
    const KindSet scalars = ~(set_of(Kind::list) | set_of(Kind::pairs) | set_of(Kind::missing) | set_of(Kind::null));
    const Parameter p{inside & scalars};
    for (uint32_t i = 0; i < values; ++i) elements[i] = of_kind(any_of(p.kinds), p);
    return kind == Kind::pairs ? Value::pairs(elements, n) : Value::list(elements, n);
  }

  std::mt19937_64 random_;
  Arena& arena_;
};

}  // namespace tollgate
