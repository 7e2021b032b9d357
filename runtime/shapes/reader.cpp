#include "runtime/shapes/reader.h"

#include <fmt/format.h>

#include <charconv>

#include "runtime/value/currency.h"
#include "runtime/value/decimal.h"
#include "runtime/value/decimal_picture.h"
#include "runtime/value/msisdn.h"
#include "runtime/value/time_format.h"
#include "runtime/value/url.h"
#include "runtime/value/uuid.h"

namespace tollgate {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view s) {
  for (char c : s)
    if (!digit(c)) return false;
  return !s.empty();
}

// `canonical`: 0 or -?[1-9][0-9]*; otherwise leading zeros are welcome.
bool parse_integer(std::string_view s, bool canonical, int64_t& out) {
  std::string_view digits = s.substr(!s.empty() && s[0] == '-' ? 1 : 0);
  if (!all_digits(digits)) return false;
  if (canonical && digits[0] == '0' && s.size() != 1) return false;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  return error == std::errc() && end == s.data() + s.size();
}

// "1,234,567.89": the first group has one to three digits, every other exactly three.
bool remove_groups(std::string_view s, std::string_view group, std::string& out) {
  if (s.find(group) == std::string_view::npos) return out = s, true;
  size_t point = std::min(s.find('.'), s.size());
  std::string_view whole = s.substr(0, point);
  if (!whole.empty() && whole[0] == '-') out = "-", whole.remove_prefix(1);
  for (bool first = true;; first = false) {
    size_t n = std::min(whole.find(group), whole.size());
    if (!all_digits(whole.substr(0, n)) || (first ? n > 3 : n != 3)) return false;
    out += whole.substr(0, n);
    if (n == whole.size()) break;
    whole.remove_prefix(n + group.size());
  }
  out += s.substr(point);
  return true;
}

bool read_decimal(std::string_view s, std::string_view group, Value& out) {
  std::string plain;
  std::optional<Decimal> d;
  if (group.empty()) d = parse_decimal(s);
  else if (remove_groups(s, group, plain)) d = parse_decimal(plain);
  if (!d) return false;
  out = Value::decimal(d->coefficient, d->scale);
  return true;
}

bool read_like(std::string_view s, std::string_view picture, Value& out) {
  auto p = parse_decimal_picture(picture);
  auto d = p ? parse_decimal_like(s, *p) : std::nullopt;
  if (!d) return false;
  out = Value::decimal(d->coefficient, d->scale);
  return true;
}

bool read_bool_loose(std::string_view s, Value& out) {
  bool yes = s == "true" || s == "1";
  if (!yes && s != "false" && s != "0") return false;
  out = Value::boolean(yes);
  return true;
}

// The form is plain from how it begins.
MsisdnForm form_of(std::string_view s) {
  return s.substr(0, 1) == "+" ? MsisdnForm::plus : s.substr(0, 4) == "tel:" ? MsisdnForm::tel : MsisdnForm::digits;
}

bool read_uuid(std::string_view s, Arena& arena, Value& out) {
  auto lower = parse_uuid(s);
  if (!lower) return false;
  std::string_view kept = arena.copy(*lower);
  if (kept.data() == nullptr) return false;
  out = Value::text_of(Kind::uuid, kept, kPublic);
  return true;
}

bool read_url(std::string_view s, Value& out) {
  if (!parse_url(s)) return false;
  out = Value::text_of(Kind::url, s, kPublic);
  return true;
}

bool read_msisdn(std::string_view s, MsisdnForm form, Value& out) {
  auto digits = parse_msisdn(s, form);
  if (!digits) return false;
  out = Value::text_of(Kind::msisdn, *digits, kPersonal);
  return true;
}

bool read_currency(std::string_view s, Value& out) {
  if (find_currency(s) == nullptr) return false;
  out = Value::currency(pack_currency(s));
  return true;
}

// A whole number times `unit`, as a Time or a Duration.
bool read_scaled(std::string_view s, int64_t unit, Kind kind, Value& out) {
  int64_t n;
  if (!parse_integer(s, true, n) || __builtin_mul_overflow(n, unit, &n)) return false;
  if (kind == Kind::duration && n < 0) return false;
  out = kind == Kind::time ? Value::time(n) : Value::duration(n);
  return true;
}

bool read_time(std::optional<int64_t> us, Value& out) {
  if (!us) return false;
  out = Value::time(*us);
  return true;
}

bool keep_text(std::string text, Arena& arena, Labels labels, Value& out) {
  std::string_view kept = arena.copy(text);
  if (kept.data() == nullptr) return false;
  out = Value::text(kept, labels);
  return true;
}

bool write_scaled(int64_t n, int64_t unit, bool as_text, Arena& arena, Labels labels, Value& out) {
  if (n % unit != 0) return false;
  out = Value::number(n / unit);
  return !as_text || keep_text(fmt::format("{}", n / unit), arena, labels, out);
}

}  // namespace

bool reader_takes(Reader reader, TokenKind kind) {
  if (kind == TokenKind::bare) return true;
  switch (wire_kind(reader)) {
    case WireKind::string: return kind == TokenKind::text;
    case WireKind::number: return kind == TokenKind::number;
    case WireKind::boolean: return kind == TokenKind::boolean;
    case WireKind::any: return kind == TokenKind::text || kind == TokenKind::number || kind == TokenKind::boolean;
    case WireKind::string_or_number: return kind == TokenKind::text || kind == TokenKind::number;
  }
  return false;
}

bool padded_left(Reader reader) {
  switch (kReaders[static_cast<size_t>(reader)].kind) {
    case Kind::integer:
    case Kind::decimal:
    case Kind::duration: return true;
    default: return false;
  }
}

bool read_value(Reader reader, std::string_view argument, const Token& token, Arena& arena, Value& out) {
  std::string_view s = token.text;
  int64_t n = 0;
  switch (reader) {
    case Reader::text:
    case Reader::text_loose: return out = Value::text(s), true;
    case Reader::secret: return out = Value::text_of(Kind::secret, s, kSecret), true;
    case Reader::bytes: return out = Value::text_of(Kind::bytes, s, kPublic), true;
    case Reader::integer:
    case Reader::money_minor:
    case Reader::integer_text:
      if (!parse_integer(s, true, n)) return false;
      return out = Value::number(n), true;
    case Reader::integer_loose:
      if (!parse_integer(s, false, n)) return false;
      return out = Value::number(n), true;
    case Reader::decimal: return read_decimal(s, {}, out);
    case Reader::decimal_text:
    case Reader::decimal_loose: return read_decimal(s, argument, out);
    case Reader::boolean:
    case Reader::boolean_text:
      if (s != "true" && s != "false") return false;
      return out = Value::boolean(s == "true"), true;
    case Reader::uuid: return read_uuid(s, arena, out);
    case Reader::url: return read_url(s, out);
    case Reader::currency: return read_currency(s, out);
    case Reader::msisdn_digits: return read_msisdn(s, MsisdnForm::digits, out);
    case Reader::msisdn_plus: return read_msisdn(s, MsisdnForm::plus, out);
    case Reader::msisdn_tel: return read_msisdn(s, MsisdnForm::tel, out);
    case Reader::time_format: return read_time(parse_time(s, argument), out);
    case Reader::time_rfc3339: return read_time(parse_rfc3339(s), out);
    case Reader::time_epoch:
    case Reader::time_epoch_text: return read_scaled(s, 1000000, Kind::time, out);
    case Reader::time_epoch_ms:
    case Reader::time_epoch_ms_text: return read_scaled(s, 1000, Kind::time, out);
    case Reader::duration_ms:
    case Reader::duration_ms_text: return read_scaled(s, 1, Kind::duration, out);
    case Reader::duration_minutes:
    case Reader::duration_minutes_text: return read_scaled(s, 60000, Kind::duration, out);
    case Reader::decimal_like: return read_like(s, argument, out);
    case Reader::boolean_loose: return read_bool_loose(s, out);
    case Reader::msisdn_loose: return read_msisdn(s, form_of(s), out);
    case Reader::duration_seconds:
    case Reader::duration_seconds_text: return read_scaled(s, 1000, Kind::duration, out);
  }
  return false;
}

bool write_value(Reader reader, std::string_view argument, const Value& v, Arena& arena, Value& out) {
  const ReaderRow& row = kReaders[static_cast<size_t>(reader)];
  if (v.kind != row.kind) return false;
  switch (reader) {
    case Reader::integer_text: return keep_text(fmt::format("{}", v.integer), arena, v.labels, out);
    case Reader::decimal_text:
      return keep_text(to_text(Decimal{v.integer, v.scale}), arena, v.labels, out);
    case Reader::boolean_text: return out = Value::text(v.truth() ? "true" : "false", v.labels), true;
    case Reader::currency: return keep_text(unpack_currency(v.size), arena, v.labels, out);
    case Reader::msisdn_plus: return keep_text(fmt::format("+{}", v.view()), arena, v.labels, out);
    case Reader::msisdn_tel: return keep_text(fmt::format("tel:+{}", v.view()), arena, v.labels, out);
    case Reader::time_format: {
      auto text = format_time(v.integer, argument);
      return text && keep_text(*text, arena, v.labels, out);
    }
    case Reader::time_rfc3339: return keep_text(exact_rfc3339(v.integer, 0), arena, v.labels, out);
    case Reader::decimal_like: {
      auto picture = parse_decimal_picture(argument);
      auto text = picture ? decimal_like(Decimal{v.integer, v.scale}, *picture) : std::nullopt;
      return text && keep_text(*text, arena, v.labels, out);
    }
    case Reader::time_epoch: return write_scaled(v.integer, 1000000, false, arena, v.labels, out);
    case Reader::time_epoch_text: return write_scaled(v.integer, 1000000, true, arena, v.labels, out);
    case Reader::time_epoch_ms: return write_scaled(v.integer, 1000, false, arena, v.labels, out);
    case Reader::time_epoch_ms_text: return write_scaled(v.integer, 1000, true, arena, v.labels, out);
    case Reader::duration_ms: return write_scaled(v.integer, 1, false, arena, v.labels, out);
    case Reader::duration_ms_text: return write_scaled(v.integer, 1, true, arena, v.labels, out);
    case Reader::duration_minutes: return write_scaled(v.integer, 60000, false, arena, v.labels, out);
    case Reader::duration_minutes_text: return write_scaled(v.integer, 60000, true, arena, v.labels, out);
    case Reader::duration_seconds: return write_scaled(v.integer, 1000, false, arena, v.labels, out);
    case Reader::duration_seconds_text: return write_scaled(v.integer, 1000, true, arena, v.labels, out);
    default: return out = v, true;
  }
}

}  // namespace tollgate
