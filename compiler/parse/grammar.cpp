#include "compiler/parse/grammar.h"

#include "compiler/parse/grammar_declaration.h"

namespace tollgate {

void parse_tokens(Tree& tree, BraceBalance braces, Sink& sink) {
  TokenInput in(tree, braces, sink);
  (void)grammar::p::parse<grammar::file, grammar::p::nothing, grammar::control>(in);
  in.finish();
}

}  // namespace tollgate
