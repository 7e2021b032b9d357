// The grammar as one function, so that PEGTL stays inside grammar.cpp (its instantiation is the slowest file of the compiler).
#pragma once

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate {

// Builds the nodes of a tree that has its source, tokens and comments.
// `stray_braces` is how many } the file has too many.
void parse_tokens(Tree& tree, uint32_t stray_braces, Sink& sink);

// PEGTL's own check of the grammar: how many rules may loop without progress or recurse on their left. Zero, in a test.
size_t grammar_problems();

}  // namespace tollgate
