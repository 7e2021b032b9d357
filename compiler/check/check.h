// The rules that a well-typed carrier must still keep: everything ends, every answer has a meaning, no money is lost, no secret leaks.
// Each rule is one function of one file here, reports one or two codes, and is silent about what was reported already.
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

// Bounds of the language (rulings, 3.1 and 3.3).
inline constexpr uint64_t kWaitMaxMs = 30ull * 24 * 3600 * 1000;
inline constexpr size_t kStepsMax = 16;
inline constexpr size_t kArmsMax = 256;

void check(const Workspace& workspace, Sink& sink);

}  // namespace tollgate::hir
