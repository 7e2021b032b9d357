#include "runtime/shapes/spelling.h"

#include <fmt/format.h>

#include "runtime/shapes/codec.h"
#include "runtime/shapes/text_check.h"
#include "runtime/shapes/text_parts.h"
#include "runtime/value/decimal.h"

namespace tollgate {
namespace {

// One field of separated values: quoted if it must be. Alone in its row an empty one is quoted, for an empty line is no row.
bool escape_csv(std::string_view text, const CsvFormat& format, bool alone, std::string& out) {
  bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  bool plain = text.find(format.separator) == std::string_view::npos && text.find_first_of("\r\n") == std::string_view::npos &&
               !(format.quoted && text.find(format.quote) != std::string_view::npos) && !(alone && text.empty());
  if (!valid_utf8(text) || (!plain && !format.quoted)) return false;
  if (plain && !(blank_end && format.quoted)) return out += text, true;
  out += format.quote;
  for (char c : text) {
    if (c == format.quote) out += c;
    out += c;
  }
  out += format.quote;
  return true;
}

// The characters of a value; false: it has none of its own and a form is compulsory.
bool spell(const Value& v, std::string_view& text, std::string& room) {
  if (v.text_like()) return text = v.view(), true;
  switch (v.kind) {
    case Kind::boolean: return text = v.truth() ? "true" : "false", true;
    case Kind::integer: room = fmt::format("{}", v.integer); break;
    case Kind::decimal: room = to_text(Decimal{v.integer, v.scale}); break;
    case Kind::currency: room = unpack_currency(v.size); break;
    default: return false;
  }
  text = room;
  return true;
}

// What stands in a fixed width: numbers behind zeros, everything else before blanks.
std::string_view pad(const Value& v, std::string_view text, uint32_t width, std::string& out) {
  bool number = v.kind == Kind::integer || v.kind == Kind::decimal || v.kind == Kind::duration;
  size_t length = characters_of(text);
  if (length > width) return "is longer than its width";
  if (!number && !text.empty() && text.back() == ' ') return "ends in a blank, which its padding would swallow";
  if (!spell_text(text, SpellMode::fixed, out)) return "has characters that cannot be written here";
  size_t at = out.size() - (number ? text.size() : 0);
  out.insert(at, width - length, number && text.front() != '-' ? '0' : ' ');
  return {};
}

}  // namespace

SpellMode spell_mode(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::json: return SpellMode::json;
    case ShapeRoot::form:
    case ShapeRoot::query: return SpellMode::form;
    case ShapeRoot::xml: return SpellMode::xml;
    case ShapeRoot::path: return SpellMode::segment;
    case ShapeRoot::lines: return SpellMode::line;
    case ShapeRoot::csv: return SpellMode::csv;
    case ShapeRoot::fixed: return SpellMode::fixed;
    default: return SpellMode::raw;
  }
}

bool spell_text(std::string_view text, SpellMode mode, std::string& out, const CsvFormat& format) {
  switch (mode) {
    case SpellMode::json:
      if (!valid_utf8(text)) return false;
      out += '"';
      escape_json(text, out);
      out += '"';
      return true;
    case SpellMode::json_part:
      if (!valid_utf8(text)) return false;
      escape_json(text, out);
      return true;
    case SpellMode::form:
      escape_form(text, out);
      return valid_utf8(text);
    case SpellMode::xml: return valid_utf8(text) && escape_xml(text, false, out);
    case SpellMode::xml_attribute: return valid_utf8(text) && escape_xml(text, true, out);
    case SpellMode::segment:
      escape_percent(text, out);
      return valid_utf8(text) && !text.empty() && text != "." && text != "..";
    case SpellMode::fixed:
    case SpellMode::line: out += text; return valid_utf8(text) && text.find_first_of("\r\n") == std::string_view::npos;
    case SpellMode::part_name: out += text; return valid_utf8(text) && text.find_first_of("\"\\\r\n") == std::string_view::npos;
    case SpellMode::part_type:
      out += text;
      return valid_utf8(text) && !text.empty() && text.find_first_of("\r\n\t") == std::string_view::npos && text.front() != ' ' && text.back() != ' ';
    case SpellMode::csv:
    case SpellMode::csv_alone: return escape_csv(text, format, mode == SpellMode::csv_alone, out);
    case SpellMode::raw: out += text; return true;
  }
  return false;
}

std::string_view spell_value(const Value& v, SpellMode mode, uint32_t width, const CsvFormat& format, std::string& out) {
  if (v.kind == Kind::missing) return "is missing";
  if (v.kind == Kind::null && mode == SpellMode::json) return out += "null", std::string_view();
  std::string_view text;
  std::string room;
  if (!spell(v, text, room)) return "is of a kind that has no text of its own";
  if (mode == SpellMode::fixed && width != 0) return pad(v, text, width, out);
  if (width != 0 && (!valid_utf8(text) || characters_of(text) != width)) return "does not have the width it must have";
  bool bare = mode == SpellMode::json && (v.kind == Kind::boolean || v.kind == Kind::integer || v.kind == Kind::decimal);
  if (spell_text(text, bare ? SpellMode::raw : mode, out, format)) return {};
  return mode == SpellMode::segment ? "is empty, a dot or two dots in a path, or not UTF-8" : "has characters that cannot be written here";
}

}  // namespace tollgate
