// Is this text at all? What a reviewer sees must be what the compiler reads, so bytes that hide something are refused before
// parsing: NUL and other controls, invalid UTF-8, bidirectional controls, invisible characters, quotes that only look like
// quotes. A byte order mark at the very start is accepted and skipped (editors on Windows write it); CRLF is accepted.
#pragma once

#include <vector>

#include "compiler/source/source.h"

namespace tollgate {

enum class TextTrouble : uint8_t {
  empty,             // nothing but blanks
  too_large,         // above kSourceBytesMax
  binary,            // NUL or another control character: not a text file
  invalid_utf8,      // a byte sequence that no character has
  bidi_control,      // U+202A..U+202E, U+2066..U+2069, U+200E, U+200F, U+061C
  invisible,         // zero-width characters, a second byte order mark
  confusable_quote,  // “ ” ‘ ’ « » and their like, outside comments
};

struct TextProblem {
  TextTrouble trouble;
  Span span;                // the bytes at fault
  uint32_t code_point = 0;  // where there is one
  // No sense can be made of the rest; the other problems are reported and the text is parsed all the same.
  bool fatal = false;
};

// At most this many are listed; a file with more is not worth more words.
inline constexpr size_t kTextProblemsMax = 20;

// In the order of the file. Confusable quotes are looked for outside comments and outside strings in plain quotes, where they
// are legal characters of a user-visible text.
std::vector<TextProblem> check_text(const SourceFile& file);

// “ ” ‘ ’ « » and their like, which people and editors write for a quote.
bool is_confusable_quote(uint32_t code_point);

// Bytes to skip at the start: 3 when the file begins with a byte order mark, else 0.
size_t byte_order_mark(std::string_view text);

// One code point of well-formed UTF-8 at `at`, with its length in bytes; length 0 when the bytes there are not well-formed.
struct CodePoint {
  uint32_t value = 0;
  uint32_t length = 0;
};
CodePoint decode_utf8(std::string_view text, size_t at);

}  // namespace tollgate
