// Money, Decimal, Int and Currency: exact or a fault, never rounded.
#include "runtime/builtins/functions.h"
#include "runtime/value/currency.h"
#include "runtime/value/decimal.h"
#include "runtime/value/decimal_picture.h"

namespace tollgate {
namespace {

constexpr std::string_view kLoses = "digits would be lost, or there are too many";
constexpr std::string_view kOverflow = "the number does not fit";
constexpr std::string_view kNoCurrency = "no such currency in ISO 4217";
constexpr std::string_view kTwoCurrencies = "the amounts are of two currencies";
constexpr int kMicrosScale = 6;
constexpr int64_t kIntegerDecimalMax = 999'999'999'999'999'999;  // 18 digits: what a Decimal that is read may have

Decimal decimal_of(const Value& v) { return {v.integer, v.scale}; }

// The value in units of 10^-scale, as an Int.
bool give_units(BuiltinContext& c, const Value& v, uint8_t scale, Value& out) {
  auto units = rescale(decimal_of(v), scale);
  return units ? c.give(Value::number(units->coefficient), out) : c.fault(kLoses);
}

bool give_decimal(BuiltinContext& c, std::optional<Decimal> d, Value& out) {
  return d ? c.give(Value::decimal(d->coefficient, d->scale), out) : c.fault(kLoses);
}

bool give_money(BuiltinContext& c, std::optional<Decimal> d, uint32_t currency, Value& out) {
  return d ? c.give(Value::money(d->coefficient, d->scale, currency), out) : c.fault(kLoses);
}

bool has_decimal_digits(int64_t n) { return n >= -kIntegerDecimalMax && n <= kIntegerDecimalMax; }

std::string grouped(std::string digits, std::string_view group) {
  size_t end = std::min(digits.find('.'), digits.size());
  const size_t start = digits[0] == '-' ? 1 : 0;
  while (end > start + 3) digits.insert(end -= 3, group);
  return digits;
}

bool give_duration(BuiltinContext& c, int64_t n, int64_t unit_ms, Value& out) {
  int64_t ms = 0;
  return __builtin_mul_overflow(n, unit_ms, &ms) ? c.fault(kOverflow) : c.give(Value::duration(ms), out);
}

}  // namespace

TG_RUN(money_decimal) { return c.give(Value::decimal(a[0].integer, a[0].scale), out); }
TG_RUN(money_decimal_scale) { return give_decimal(c, rescale(decimal_of(a[0]), static_cast<uint8_t>(a[1].integer)), out); }
TG_RUN(money_minor) {
  const Currency* currency = find_currency(a[0].size);
  return currency == nullptr ? c.fault(kNoCurrency) : give_units(c, a[0], currency->exponent, out);
}
TG_RUN(money_whole) { return give_units(c, a[0], 0, out); }
TG_RUN(money_micros) { return give_units(c, a[0], kMicrosScale, out); }
TG_RUN(money_currency) { return c.give(Value::currency(a[0].size), out); }

TG_RUN(decimal_text) { return c.give_text(to_text(decimal_of(a[0])), out); }
TG_RUN(decimal_text_group) { return c.give_text(grouped(to_text(decimal_of(a[0])), a[1].view()), out); }
TG_RUN(decimal_like) {
  auto picture = parse_decimal_picture(a[1].view());
  auto text = picture ? decimal_like(decimal_of(a[0]), *picture) : std::nullopt;
  return text ? c.give_text(*text, out) : c.fault("does not fit its picture");
}
TG_RUN(decimal_whole) { return give_units(c, a[0], 0, out); }
TG_RUN(decimal_scale) { return give_decimal(c, rescale(decimal_of(a[0]), static_cast<uint8_t>(a[1].integer)), out); }
TG_RUN(decimal_in) { return c.give(Value::money(a[0].integer, a[0].scale, a[1].size), out); }

TG_RUN(integer_text) { return c.give_text(std::to_string(a[0].integer), out); }
TG_RUN(integer_pad) {
  std::string digits = std::to_string(a[0].integer);
  const size_t sign = digits[0] == '-' ? 1 : 0, wanted = static_cast<size_t>(a[1].integer) + sign;
  if (digits.size() < wanted) digits.insert(sign, wanted - digits.size(), '0');
  return c.give_text(digits, out);
}
TG_RUN(integer_decimal) {
  return has_decimal_digits(a[0].integer) ? c.give(Value::decimal(a[0].integer, 0), out) : c.fault(kLoses);
}
TG_RUN(integer_ms) { return c.give(Value::duration(a[0].integer), out); }
TG_RUN(integer_seconds) { return give_duration(c, a[0].integer, 1000, out); }
TG_RUN(integer_minutes) { return give_duration(c, a[0].integer, 60'000, out); }
TG_RUN(integer_hours) { return give_duration(c, a[0].integer, 3'600'000, out); }
TG_RUN(integer_in) {
  return has_decimal_digits(a[0].integer) ? c.give(Value::money(a[0].integer, 0, a[1].size), out) : c.fault(kLoses);
}
TG_RUN(integer_minor_in) {
  const Currency* currency = find_currency(a[1].size);
  if (currency == nullptr) return c.fault(kNoCurrency);
  return has_decimal_digits(a[0].integer) ? c.give(Value::money(a[0].integer, currency->exponent, a[1].size), out) : c.fault(kLoses);
}

TG_RUN(currency_text) { return c.give_text(Octets(a[0]).view(), out); }
TG_RUN(currency_numeric) {
  const Currency* currency = find_currency(a[0].size);
  if (currency == nullptr) return c.fault(kNoCurrency);
  const std::string digits = std::to_string(currency->numeric);
  return c.give_text(std::string(3 - digits.size(), '0') + digits, out);
}

TG_RUN(integer_add) {
  int64_t sum = 0;
  return __builtin_add_overflow(a[0].integer, a[1].integer, &sum) ? c.fault(kOverflow) : c.give(Value::number(sum), out);
}
TG_RUN(integer_subtract) {
  int64_t rest = 0;
  return __builtin_sub_overflow(a[0].integer, a[1].integer, &rest) ? c.fault(kOverflow) : c.give(Value::number(rest), out);
}
TG_RUN(integer_multiply) {
  int64_t product = 0;
  return __builtin_mul_overflow(a[0].integer, a[1].integer, &product) ? c.fault(kOverflow) : c.give(Value::number(product), out);
}

namespace {

// n / d without remainder; false when there is one, for zero, and for the one quotient that does not fit.
bool divide_exactly(int64_t n, int64_t d, int64_t& quotient) {
  if (d == 0 || (d == -1 && n == INT64_MIN) || n % d != 0) return false;
  quotient = n / d;
  return true;
}

}  // namespace

TG_RUN(integer_divide) {
  int64_t quotient = 0;
  return divide_exactly(a[0].integer, a[1].integer, quotient) ? c.give(Value::number(quotient), out) : c.fault("the division is not exact");
}

TG_RUN(decimal_add) { return give_decimal(c, add(decimal_of(a[0]), decimal_of(a[1])), out); }
TG_RUN(decimal_subtract) { return give_decimal(c, subtract(decimal_of(a[0]), decimal_of(a[1])), out); }
TG_RUN(decimal_multiply) { return give_decimal(c, multiply(decimal_of(a[0]), decimal_of(a[1])), out); }

TG_RUN(money_add) {
  return a[0].size == a[1].size ? give_money(c, add(decimal_of(a[0]), decimal_of(a[1])), a[0].size, out) : c.fault(kTwoCurrencies);
}
TG_RUN(money_subtract) {
  return a[0].size == a[1].size ? give_money(c, subtract(decimal_of(a[0]), decimal_of(a[1])), a[0].size, out) : c.fault(kTwoCurrencies);
}
TG_RUN(money_multiply) { return give_money(c, multiply(decimal_of(a[0]), Decimal{a[1].integer, 0}), a[0].size, out); }
TG_RUN(money_divide) {
  int64_t quotient = 0;
  if (!divide_exactly(a[0].integer, a[1].integer, quotient)) return c.fault("the division is not exact");
  return c.give(Value::money(quotient, a[0].scale, a[0].size), out);
}

TG_RUN(money_less) { return a[0].size == a[1].size ? c.give(Value::boolean(compare(a[0], a[1]) < 0), out) : c.fault(kTwoCurrencies); }
TG_RUN(money_less_equal) {
  return a[0].size == a[1].size ? c.give(Value::boolean(compare(a[0], a[1]) <= 0), out) : c.fault(kTwoCurrencies);
}

}  // namespace tollgate
