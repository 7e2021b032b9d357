#include "runtime/engine/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/bytecode/bounds.h"
#include "runtime/crypto/key.h"
#include "runtime/value/decimal.h"

namespace tollgate {

namespace {

constexpr size_t kArgumentTextMax = bounds::kArgumentBytes;
constexpr size_t kMsisdnDigitsMin = 7, kMsisdnDigitsMax = 15;

Error invalid(std::string_view name, std::string_view why) {
  return {"argument_invalid", fmt::format("`{}` {}", name, why)};
}

bool digits_only(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Control characters have no business in what a carrier shows to a user; invalid UTF-8 has none anywhere.
bool clean_utf8(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    size_t n = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    if (n == 0 || i + n > s.size() || c < 0x20 || c == 0x7f) return false;
    if (n == 2 && c < 0xc2) return false;
    for (size_t k = 1; k < n; ++k) {
      if ((static_cast<unsigned char>(s[i + k]) & 0xc0) != 0x80) return false;
    }
    i += n;
  }
  return true;
}

const std::string* find(const Named& given, std::string_view name) {
  for (const auto& [key, value] : given) {
    if (key == name) return &value;
  }
  return nullptr;
}

struct MoneyText { std::string_view amount, currency; };

bool letters(std::string_view s) { return pack_currency(s) != 0; }

MoneyText split_money(std::string_view text) {
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return {text, {}};
  const std::string_view first = text.substr(0, blank), second = text.substr(blank + 1);
  if (letters(first)) return {second, first};
  if (letters(second)) return {first, second};
  return {text, {}};
}

Result<Value> money(const Module& module, std::string_view name, std::string_view text, std::string_view currency_beside) {
  MoneyText parts = split_money(text);
  if (parts.currency.empty()) parts.currency = currency_beside;
  const std::string_view market = module.text(module.market.currency);
  if (parts.currency.empty()) {
    return Error{"currency_missing", fmt::format("`{}` has no currency: write \"{} {}\"", name, market, parts.amount.size() < 24 ? parts.amount : "…")};
  }
  if (parts.currency != market) {
    return Error{"currency_wrong", fmt::format("`{}` is in another currency than {}'s market, which has {}", name, module.text(module.carrier), market)};
  }
  const std::optional<Decimal> amount = parse_decimal(parts.amount);
  if (!amount) return invalid(name, "is not an amount: digits, and a point before the decimals");
  const std::optional<Decimal> exact = rescale(*amount, module.market.decimals);
  if (!exact) return invalid(name, fmt::format("has more than the {} decimals that {} has in this market", module.market.decimals, market));
  if (exact->coefficient <= 0) return invalid(name, "must be more than zero");
  return Value::money(exact->coefficient, exact->scale, pack_currency(market));
}

Result<Value> msisdn(const Module& module, const Type& type, std::string_view name, std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (!digits_only(text) || text.size() < kMsisdnDigitsMin || text.size() > kMsisdnDigitsMax) {
    return invalid(name, "is not a number: country code and number, 7 to 15 digits, with or without plus");
  }
  const std::string_view picture = module.text(module.market.numbers);
  if (!fits_picture(picture, text)) return invalid(name, fmt::format("is not a number of market {} ({})", module.text(module.market.country), picture));
  return Value::text_of(Kind::msisdn, text, join(type.labels, kPersonal));
}

Result<Value> url(const Type& type, std::string_view name, std::string_view text) {
  const bool https = text.starts_with("https://"), http = text.starts_with("http://");
  if ((!https && !http) || text.find_first_of(" \t\"<>") != std::string_view::npos || text.size() <= 8) {
    return invalid(name, "is not an absolute http or https URL");
  }
  while (text.back() == '/') text.remove_suffix(1);
  return Value::text_of(Kind::url, text, type.labels);
}

Result<Value> integer(std::string_view name, std::string_view text, bool duration) {
  int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return invalid(name, duration ? "is not a whole number of milliseconds" : "is not a whole number");
  return duration ? Value::duration(n) : Value::number(n);
}

bool is_key(Kind kind) { return kind == Kind::public_key || kind == Kind::private_key || kind == Kind::certificate; }

// Whatever form it was given in, it is kept as DER. What is wrong with it is said without a byte of it.
Result<Value> key(const Type& type, std::string_view name, std::string_view text, Arena& arena) {
  const KeyKind kind = type.kind == Kind::private_key ? KeyKind::private_key : type.kind == Kind::certificate ? KeyKind::certificate : KeyKind::public_key;
  const Result<std::string> der = key_der(kind, text);
  if (!der.ok()) return invalid(name, der.error().message);
  const std::string_view kept = arena.copy(*der);
  if (kept.data() == nullptr) return invalid(name, "does not fit in memory");
  return Value::text_of(type.kind, kept, type.labels);
}

}  // namespace

bool fits_picture(std::string_view picture, std::string_view digits) {
  if (picture.empty()) return true;
  while (!picture.empty()) {
    const size_t bar = picture.find('|');
    const std::string_view one = picture.substr(0, bar);
    picture = bar == std::string_view::npos ? std::string_view() : picture.substr(bar + 1);
    size_t at = 0;
    bool fits = true;
    for (char c : one) {
      if (c == ' ' || c == '+') continue;
      fits = fits && at < digits.size() && (c == 'X' || c == digits[at]);
      ++at;
    }
    if (fits && at == digits.size()) return true;
  }
  return false;
}

Result<Value> convert_text(const Module& module, const Type& type, std::string_view name, std::string_view text, Arena& arena) {
  if (is_key(type.kind)) return key(type, name, text, arena);
  if (text.size() > kArgumentTextMax && type.kind != Kind::secret) return invalid(name, fmt::format("is longer than {} bytes", kArgumentTextMax));
  switch (type.kind) {
    case Kind::text:
    case Kind::uuid:
      if (!clean_utf8(text)) return invalid(name, "is not clean UTF-8 text");
      return Value::text_of(type.kind, text, type.labels);
    case Kind::secret: return Value::text_of(Kind::secret, text, join(type.labels, kSecret));
    case Kind::bytes: return Value::text_of(Kind::bytes, text, type.labels);
    case Kind::msisdn: return msisdn(module, type, name, text);
    case Kind::money: return money(module, name, text, {});
    case Kind::url: return url(type, name, text);
    case Kind::integer: return integer(name, text, false);
    case Kind::duration: return integer(name, text, true);
    case Kind::boolean:
      if (text != "true" && text != "false") return invalid(name, "is neither true nor false");
      return Value::boolean(text == "true");
    case Kind::currency:
      if (pack_currency(text) == 0) return invalid(name, "is not an ISO 4217 code");
      return Value::currency(pack_currency(text));
    case Kind::decimal: {
      const std::optional<Decimal> d = parse_decimal(text);
      if (!d) return invalid(name, "is not a decimal");
      return Value::decimal(d->coefficient, d->scale);
    }
    default: return invalid(name, fmt::format("cannot be given as text: it is a {}", type_name(type.kind)));
  }
}

Result<Arguments> convert_arguments(const Module& module, const Procedure& procedure, const Named& given, Arena& arena) {
  Arguments out;
  const size_t n = procedure.arguments.size();
  Value* values = arena.array<Value>(n == 0 ? 1 : n);
  if (values == nullptr) return Error{"argument_invalid", "the arguments are too large"};
  std::vector<const std::string*> used;   // texts of `given` that an argument took
  for (size_t i = 0; i < n; ++i) {
    const Field& field = procedure.arguments[i];
    const std::string_view name = module.text(field.name);
    const std::string* text = find(given, name);
    if (text == nullptr) {
      if (!field.type.optional) return Error{"argument_missing", fmt::format("`{}` is missing: `{}` needs it", name, module.text(procedure.name))};
      continue;
    }
    used.push_back(text);
    if (text->size() > kArgumentTextMax) return invalid(name, fmt::format("is longer than {} bytes", kArgumentTextMax));
    if (field.type.kind == Kind::money) {
      const std::string* beside = find(given, std::string(name) + ".currency");
      if (beside == nullptr) beside = find(given, "currency");
      if (beside != nullptr) used.push_back(beside);
      Result<Value> amount = money(module, name, *text, beside == nullptr ? std::string_view() : std::string_view(*beside));
      if (!amount.ok()) return std::move(amount).error();
      values[i] = *amount;
      if (name == "amount") out.amount = *amount;
      continue;
    }
    Result<Value> value = convert_text(module, field.type, name, arena.copy(*text), arena);
    if (!value.ok()) return std::move(value).error();
    values[i] = *value;
  }
  // A currency that no amount took is unknown too: silence about it would hide which of two was meant.
  for (const auto& [name, text] : given)
    if (std::find(used.begin(), used.end(), &text) == used.end()) return Error{"argument_unknown", fmt::format("`{}` is no argument of `{}`", name, module.text(procedure.name))};
  out.values = {values, n};
  return out;
}

}  // namespace tollgate
