// How a body of separated values or of named lines is written: the text in Shape::format, taken apart. The compiler writes it, the verifier
// checks it, the runtime reads it.
#pragma once

#include <string>
#include <string_view>

#include "runtime/bytecode/module.h"

namespace tollgate {

// "h;\"": a header line (h) or columns by position (p), the separator, the quote. Without a third character nothing is quoted.
struct CsvFormat {
  bool header = false;
  char separator = ',';
  char quote = '"';
  bool quoted = true;
};

inline CsvFormat csv_format(std::string_view text) {
  CsvFormat f;
  if (text.size() < 2) return f;
  f.header = text[0] == 'h';
  f.separator = text[1];
  f.quoted = text.size() > 2;
  if (f.quoted) f.quote = text[2];
  return f;
}

inline std::string format_text(const CsvFormat& f) {
  std::string out(1, f.header ? 'h' : 'p');
  out += f.separator;
  if (f.quoted) out += f.quote;
  return out;
}

// One visible ASCII character, a blank or a tab, that is no letter or digit: what separates or quotes values.
inline bool separates(char c) {
  auto byte = static_cast<unsigned char>(c);
  bool word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
  return c == '\t' || (byte >= 0x20 && byte < 0x7f && !word);
}

// Is `text` a format that bodies of this root can have?
inline bool format_fits(ShapeRoot root, std::string_view text) {
  if (root == ShapeRoot::lines) return text.size() <= 8 && text.find_first_of("\r\n") == std::string_view::npos;
  if (root != ShapeRoot::csv) return text.empty();
  if (text.size() != 2 && text.size() != 3) return false;
  if ((text[0] != 'h' && text[0] != 'p') || !separates(text[1])) return false;
  return text.size() == 2 || (separates(text[2]) && text[2] != text[1]);
}

// Patterns of code tables.
constexpr char kAnyCharacter = '\x01', kAnyText = '\x02';

// Does `text` (UTF-8) fit the pattern? Linear in text times the number of kAnyText.
inline bool pattern_fits(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  auto next = [&](size_t at) {
    do at++;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
    return at;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == kAnyText) star = p++, mark = t;
    else if (p < pattern.size() && pattern[p] == kAnyCharacter) p++, t = next(t);
    else if (p < pattern.size() && pattern[p] == text[t]) p++, t++;
    else if (star == std::string_view::npos) return false;
    else p = star + 1, t = mark = next(mark);
  }
  while (p < pattern.size() && pattern[p] == kAnyText) p++;
  return p == pattern.size();
}

// Some text that fits it.
inline std::string pattern_example(std::string_view pattern) {
  std::string out;
  for (char c : pattern)
    if (c != kAnyText) out += c == kAnyCharacter ? '0' : c;
  return out;
}

// What a body of this root is sent as. The boundary of a multipart is read off the body when it leaves.
inline std::string_view content_type_of(ShapeRoot root) {
  switch (root) {
    case ShapeRoot::json: return "application/json";
    case ShapeRoot::form:
    case ShapeRoot::query: return "application/x-www-form-urlencoded";
    case ShapeRoot::xml: return "text/xml; charset=utf-8";
    case ShapeRoot::multipart: return "multipart/form-data";
    case ShapeRoot::csv: return "text/csv; charset=utf-8";
    case ShapeRoot::text:
    case ShapeRoot::lines:
    case ShapeRoot::fixed:
    case ShapeRoot::path: return "text/plain; charset=utf-8";
    case ShapeRoot::bytes: return "application/octet-stream";
  }
  return {};
}

}  // namespace tollgate
