#include <algorithm>

#include "runtime/catalog/builtins.h"
#include "runtime/value/decimal.h"
#include "runtime/value/decimal_picture.h"
#include "runtime/value/time_format.h"
#include "runtime/value/utf8.h"
#include "runtime/value/zone.h"

namespace tollgate {
namespace {

using Objection = std::optional<std::string_view>;

Objection unless(bool good, std::string_view words) { return good ? std::nullopt : Objection(words); }

bool separates_groups(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text.find_first_of("0123456789-.") == std::string_view::npos;
}

bool names_charset(std::string_view text) {
  const auto known = charsets();
  return std::find(known.begin(), known.end(), text) != known.end();
}

bool names_file(std::string_view text) {
  constexpr size_t kFileNameMax = 128;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kFileNameMax && std::all_of(text.begin(), text.end(), plain) && text != "." && text != "..";
}

Objection of_number(Meaning meaning, int64_t n) {
  if (meaning == Meaning::count) return unless(n >= 0 && n <= kCountMax, "is not a count of 0 to 4096");
  return unless(n >= 0 && n <= Decimal::kScaleMax, "is not a number of digits of 0 to 18");
}

Objection of_text(Meaning meaning, std::string_view text) {
  switch (meaning) {
    case Meaning::zone: return unless(find_zone(text).has_value(), "names no time zone");
    case Meaning::time_pattern: return unless(parse_time_pattern(text).ok(), "is no time pattern");
    case Meaning::unit: return unless(text == "characters" || text == "bytes" || text == "utf16", "is none of characters, bytes, utf16");
    case Meaning::group: return unless(separates_groups(text), "cannot separate groups of digits");
    case Meaning::fill: return unless(count_characters(text) == 1, "is not one character");
    case Meaning::picture: return unless(parse_decimal_picture(text).has_value(), "shows no decimal, as \"1.234,56\" does");
    case Meaning::needle: return unless(!text.empty(), "is empty");
    case Meaning::charset: return unless(names_charset(text), "names no charset that the language knows");
    case Meaning::file_name: return unless(names_file(text), "is no name of a file in an archive");
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<std::string_view> objection(Meaning meaning, const Value& value) {
  if (meaning == Meaning::any) return std::nullopt;
  if (meaning == Meaning::count || meaning == Meaning::scale) {
    return value.kind == Kind::integer ? of_number(meaning, value.integer) : Objection("is no Int");
  }
  return value.text_like() ? of_text(meaning, value.view()) : Objection("is no Text");
}

}  // namespace tollgate
