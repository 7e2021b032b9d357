// `because`, `cites` and `deprecated` are written for people; one that says nothing is refused wherever it stands.
#pragma once

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"

namespace tollgate::hir {

void report_blank_reasons(const Tree& tree, Sink& sink);

}  // namespace tollgate::hir
