// What a procedure can cost at most: requests, waiting, instructions, memory. An upper bound over every path.
#pragma once

#include "compiler/hir/hir.h"
#include "runtime/bytecode/module.h"

namespace tollgate {

Cost cost_of(const hir::Carrier& carrier, const hir::Procedure& procedure);

}  // namespace tollgate
