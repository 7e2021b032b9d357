// Text, Msisdn, Uuid, Url.
#include <algorithm>
#include <charconv>
#include <optional>

#include "runtime/builtins/functions.h"
#include "runtime/codecs/gsm.h"
#include "runtime/value/msisdn.h"
#include "runtime/value/time_format.h"
#include "runtime/value/url.h"
#include "runtime/value/utf8.h"

namespace tollgate {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

// Part of an argument's own text: nothing is copied.
bool give_part(BuiltinContext& c, std::string_view part, Value& out) { return c.give(Value::text(part), out); }

bool give_changed(BuiltinContext& c, std::string_view text, char from, char upto, int by, Value& out) {
  std::string changed(text);
  for (char& ch : changed) {
    if (ch >= from && ch <= upto) ch = static_cast<char>(ch + by);
  }
  return c.give_text(changed, out);
}

bool give_msisdn(BuiltinContext& c, const Value& v, MsisdnForm form, Value& out) { return c.give_text(format_msisdn(v.view(), form), out); }

LengthUnit unit_of(std::string_view name) {
  return name == "bytes" ? LengthUnit::bytes : name == "utf16" ? LengthUnit::utf16 : LengthUnit::characters;
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

// The value of `name` in a header's parameters: name=value or name="value", separated by commas or semicolons, a scheme word before them.
std::optional<std::string_view> parameter_of(std::string_view header, std::string_view name) {
  constexpr std::string_view kBetween = " \t,;";
  for (size_t at = 0; at < header.size();) {
    at = header.find_first_not_of(kBetween, at);
    if (at == std::string_view::npos) break;
    const size_t end = header.find_first_of(" \t,;=", at);
    const std::string_view word = header.substr(at, end == std::string_view::npos ? end : end - at);
    if (end == std::string_view::npos || header[end] != '=') {
      at = end == std::string_view::npos ? header.size() : end;
      continue;
    }
    const bool quoted = header.substr(end + 1).starts_with('"');
    const size_t from = end + (quoted ? 2 : 1);
    const size_t upto = std::min(quoted ? header.find('"', from) : header.find_first_of(kBetween, from), header.size());
    if (word == name) return header.substr(from, upto - from);
    at = upto + (quoted ? 1 : 0);
  }
  return std::nullopt;
}

}  // namespace

TG_RUN(text_before) {
  const size_t at = a[1].size == 0 ? std::string_view::npos : a[0].view().find(a[1].view());
  return at == std::string_view::npos ? c.give_missing(out) : give_part(c, a[0].view().substr(0, at), out);
}

TG_RUN(text_behind) {
  const size_t at = a[1].size == 0 ? std::string_view::npos : a[0].view().find(a[1].view());
  return at == std::string_view::npos ? c.give_missing(out) : give_part(c, a[0].view().substr(at + a[1].size), out);
}

TG_RUN(text_part) {
  std::string_view rest = a[0].view();
  if (a[1].size == 0 || a[2].integer < 1) return c.give_missing(out);
  for (int64_t skipped = 1; skipped < a[2].integer; ++skipped) {
    const size_t at = rest.find(a[1].view());
    if (at == std::string_view::npos) return c.give_missing(out);
    rest.remove_prefix(at + a[1].size);
  }
  return give_part(c, rest.substr(0, rest.find(a[1].view())), out);
}

TG_RUN(text_parameter) {
  const auto value = parameter_of(a[0].view(), a[1].view());
  return value ? give_part(c, *value, out) : c.give_missing(out);
}

TG_RUN(text_integer) {
  const std::string_view text = a[0].view();
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool plain = error == std::errc() && end == text.data() + text.size() && !(digits.size() > 1 && digits[0] == '0') && text != "-0";
  return plain ? c.give(Value::number(number), out) : c.give_missing(out);
}

TG_RUN(text_time) {
  const auto us = parse_time(a[0].view(), a[1].view());
  return us ? c.give(Value::time(*us), out) : c.give_missing(out);
}

TG_RUN(is_gsm) { return c.give(Value::boolean(septets_of(a[0].view()).has_value()), out); }
TG_RUN(gsm_septets) {
  const auto septets = septets_of(a[0].view());
  return septets ? c.give(Value::number(static_cast<int64_t>(septets->size())), out) : c.give_missing(out);
}
TG_RUN(sms_parts) { return c.give(Value::number(static_cast<int64_t>(sms_parts_of(a[0].view()))), out); }

TG_RUN(text_text) { return give_part(c, a[0].view(), out); }
TG_RUN(text_first) { return give_part(c, first_of(a[0].view(), static_cast<size_t>(a[1].integer), LengthUnit::characters), out); }
TG_RUN(text_first_unit) { return give_part(c, first_of(a[0].view(), static_cast<size_t>(a[1].integer), unit_of(a[2].view())), out); }
TG_RUN(text_last) { return give_part(c, last_of(a[0].view(), static_cast<size_t>(a[1].integer)), out); }

TG_RUN(text_pad) {
  const size_t has = count_characters(a[0].view()), wanted = static_cast<size_t>(a[1].integer);
  std::string padded;
  for (size_t i = has; i < wanted; ++i) padded += a[2].view();
  padded += a[0].view();
  return c.give_text(padded, out);
}

TG_RUN(text_upper) { return give_changed(c, a[0].view(), 'a', 'z', 'A' - 'a', out); }
TG_RUN(text_lower) { return give_changed(c, a[0].view(), 'A', 'Z', 'a' - 'A', out); }

TG_RUN(text_trim) {
  const std::string_view text = a[0].view();
  const size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return give_part(c, "", out);
  return give_part(c, text.substr(from, text.find_last_not_of(kBlank) - from + 1), out);
}

// The length is known before a byte is written: a short text with a long replacement must not outgrow the arena on the heap first.
TG_RUN(text_replace) {
  const std::string_view text = a[0].view(), from = a[1].view(), to = a[2].view();
  const size_t times = count_of(text, from);
  const size_t size = text.size() - times * from.size() + times * to.size();
  if (size > Arena::kArenaMax) return c.out_of_memory();
  std::string replaced;
  replaced.reserve(size);
  size_t done = 0;
  for (size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, done)) {
    replaced += text.substr(done, at - done);
    replaced += to;
    done = at + from.size();
  }
  replaced += text.substr(done);
  return c.give_text(replaced, out);
}

TG_RUN(text_length) { return c.give(Value::number(static_cast<int64_t>(count_characters(a[0].view()))), out); }
TG_RUN(text_starts_with) { return c.give(Value::boolean(a[0].view().starts_with(a[1].view())), out); }
TG_RUN(text_after) {
  if (!a[0].view().starts_with(a[1].view())) return c.give_missing(out);
  return give_part(c, a[0].view().substr(a[1].size), out);
}
TG_RUN(text_bytes) { return c.give_copy(Kind::bytes, Octets(a[0]).view(), out); }

TG_RUN(msisdn_digits) { return give_part(c, a[0].view(), out); }
TG_RUN(msisdn_plus) { return give_msisdn(c, a[0], MsisdnForm::plus, out); }
TG_RUN(msisdn_tel) { return give_msisdn(c, a[0], MsisdnForm::tel, out); }
TG_RUN(msisdn_national) { return give_msisdn(c, a[0], MsisdnForm::national, out); }
TG_RUN(msisdn_country) { return give_part(c, country_code(a[0].view()), out); }

TG_RUN(uuid_text) { return give_part(c, a[0].view(), out); }
TG_RUN(url_text) { return give_part(c, a[0].view(), out); }
TG_RUN(url_host) { return c.give_text(url_host(a[0].view()), out); }

TG_RUN(bytes_text) { return is_utf8(a[0].view()) ? give_part(c, a[0].view(), out) : c.give_missing(out); }

}  // namespace tollgate
