#include "runtime/value/value.h"

#include <algorithm>

#include "runtime/value/decimal.h"

namespace tollgate {
namespace {

constexpr std::string_view kKindNames[] = {
#define TG_KIND(name, type, doc) #name,
#include "runtime/value/kind.def"
#undef TG_KIND
};
constexpr std::string_view kTypeNames[] = {
#define TG_KIND(name, type, doc) type,
#include "runtime/value/kind.def"
#undef TG_KIND
};
static_assert(std::size(kKindNames) == kKindCount);

Value scalar(Kind kind, int64_t integer) {
  Value v;
  v.kind = kind;
  v.integer = integer;
  return v;
}

Value sequence(Kind kind, const Value* elements, uint32_t n) {
  Value v;
  v.kind = kind;
  v.size = n;
  v.elements = elements;
  return v;
}

bool same_elements(const Value& a, const Value& b, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    if (!same(a.elements[i], b.elements[i])) return false;
  }
  return true;
}

Decimal decimal_of(const Value& v) { return {v.integer, v.scale}; }

}  // namespace

std::string_view kind_name(Kind kind) {
  const auto i = static_cast<size_t>(kind);
  return i < kKindCount ? kKindNames[i] : "unknown";
}

std::string_view type_name(Kind kind) {
  const auto i = static_cast<size_t>(kind);
  return i < kKindCount ? kTypeNames[i] : "";
}

Value Value::boolean(bool b) { return scalar(Kind::boolean, b ? 1 : 0); }
Value Value::number(int64_t n) { return scalar(Kind::integer, n); }

Value Value::decimal(int64_t coefficient, uint8_t scale) {
  Value v = scalar(Kind::decimal, coefficient);
  v.scale = scale;
  return v;
}

Value Value::text(std::string_view s, Labels labels) { return text_of(Kind::text, s, labels); }

Value Value::text_of(Kind kind, std::string_view s, Labels labels) {
  Value v;
  v.kind = kind;
  v.labels = join(labels, natural_labels(kind));
  v.size = static_cast<uint32_t>(s.size());
  v.data = s.data() == nullptr ? "" : s.data();
  return v;
}

Value Value::money(int64_t coefficient, uint8_t scale, uint32_t currency) {
  Value v = scalar(Kind::money, coefficient);
  v.scale = scale;
  v.size = currency;
  return v;
}

Value Value::currency(uint32_t packed) {
  Value v = scalar(Kind::currency, 0);
  v.size = packed;
  return v;
}

Value Value::time(int64_t us) { return scalar(Kind::time, us); }
Value Value::duration(int64_t ms) { return scalar(Kind::duration, ms); }

Value Value::local_time(int64_t shifted_us, int32_t offset_s) {
  Value v = scalar(Kind::local_time, shifted_us);
  v.size = static_cast<uint32_t>(offset_s);
  return v;
}

Value Value::list(const Value* elements, uint32_t n) { return sequence(Kind::list, elements, n); }
Value Value::pairs(const Value* elements, uint32_t n) { return sequence(Kind::pairs, elements, n); }

bool Value::text_like() const {
  switch (kind) {
    case Kind::text: case Kind::bytes: case Kind::secret: case Kind::msisdn: case Kind::uuid: case Kind::url:
    case Kind::public_key: case Kind::private_key: case Kind::certificate: return true;
    default: return false;
  }
}

uint32_t pack_currency(std::string_view code) {
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return 0;
  return static_cast<uint32_t>(code[0]) << 16 | static_cast<uint32_t>(code[1]) << 8 | static_cast<uint32_t>(code[2]);
}

std::string unpack_currency(uint32_t packed) {
  return {static_cast<char>(packed >> 16), static_cast<char>(packed >> 8), static_cast<char>(packed)};
}

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.text_like()) return a.view() == b.view();
  switch (a.kind) {
    case Kind::missing: case Kind::null: return true;
    case Kind::boolean: return a.truth() == b.truth();
    case Kind::decimal: return compare(decimal_of(a), decimal_of(b)) == 0;
    case Kind::money: return a.size == b.size && compare(decimal_of(a), decimal_of(b)) == 0;
    case Kind::currency: return a.size == b.size;
    case Kind::local_time: return a.integer == b.integer && a.size == b.size;
    case Kind::list: return a.size == b.size && same_elements(a, b, a.size);
    case Kind::pairs: return a.size == b.size && same_elements(a, b, 2 * a.size);
    default: return a.integer == b.integer;
  }
}

int compare(const Value& a, const Value& b) {
  if (a.text_like()) {
    const int order = a.view().compare(b.view());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (a.kind == Kind::decimal || a.kind == Kind::money) return compare(decimal_of(a), decimal_of(b));
  return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
}

Labels deep_labels(const Value& value) {
  Labels all = value.labels;
  if (value.kind != Kind::list && value.kind != Kind::pairs) return all;
  const uint32_t n = value.kind == Kind::pairs ? 2 * value.size : value.size;
  for (uint32_t i = 0; i < n; ++i) all = join(all, deep_labels(value.elements[i]));
  return all;
}

}  // namespace tollgate
