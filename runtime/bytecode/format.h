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

}  // namespace tollgate
