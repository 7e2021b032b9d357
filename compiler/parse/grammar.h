// The grammar as one function, so that PEGTL stays inside grammar.cpp (its instantiation is the slowest file of the compiler).
#pragma once

#include <string>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate {

// How many } or { the file has too many. Only then is indentation looked at, to tell which one it is.
struct BraceBalance {
  uint32_t stray = 0;
  uint32_t unclosed = 0;
};

// Builds the nodes of a tree that has its source, tokens and comments.
void parse_tokens(Tree& tree, BraceBalance braces, Sink& sink);

// The grammar as EBNF, one rule a paragraph, printed from the rules themselves.
std::string grammar_text();

// PEGTL's own check of the grammar: how many rules may loop without progress or recurse on their left. Zero, in a test.
size_t grammar_problems();

}  // namespace tollgate
