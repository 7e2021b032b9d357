// Texts that a module could not hold.
#pragma once

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate::hir {

void report_long_texts(const Tree& tree, Sink& sink);

}  // namespace tollgate::hir
