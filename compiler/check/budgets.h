// Budgets against the costs that the module states.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

// `module` is what `carrier` was lowered to. Tells of each budget that a procedure may go beyond, with the path that takes most.
void check_budgets(const Carrier& carrier, const Module& module, Sink& sink);

}  // namespace tollgate::hir
