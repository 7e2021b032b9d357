// Text into tokens, by hand: the grammar is written over token codes, so it need not know blanks, comments or line breaks.
//
// Line breaks are tokens, because they separate items; a break whose next line can only continue (it begins with `=>`, `|`,
// `or` …, ruling G1) is a soft_newline, and inside ( ) there are none. A string is several tokens, its holes lexed inside.
#pragma once

#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate {

// Brackets may be nested this deep; it also bounds the stack of the recursive grammar.
inline constexpr size_t kNestingMax = 64;

// A longer word is no name that anybody could read.
inline constexpr size_t kNameBytesMax = 256;

// After this many lexical mistakes the file is given up: it is in another language.
inline constexpr size_t kLexicalMistakesMax = 200;

struct Lexed {
  std::vector<Token> tokens;
  std::vector<Comment> comments;
  std::vector<uint32_t> error_offsets;  // where a lexical mistake was reported
  uint32_t stray_braces = 0;             // more } than {
  uint32_t unclosed_braces = 0;          // more { than }
  bool fatal = false;                   // nothing should be parsed
};

// Reports the mistakes of the text itself (see text_check.h) and of its lexis.
Lexed lex(const SourceFile& file, Sink& sink);

}  // namespace tollgate
