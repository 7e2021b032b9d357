// Apart from grammar.cpp, because the analysis is instantiated over every rule once more and is needed by a test only.
#include "compiler/parse/grammar.h"
#include "compiler/parse/grammar_declaration.h"

namespace tollgate {

size_t grammar_problems() { return grammar::p::analyze<grammar::file>(1); }

}  // namespace tollgate
