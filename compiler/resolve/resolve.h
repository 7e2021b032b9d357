// Names and types: from syntax trees to the resolved program (compiler/hir/hir.h).
//
//   Workspace workspace = resolve(trees, sink);   // the library's trees among them
//   check(workspace, sink);                       // compiler/check/check.h
//
// A tree's module is its file's path: "std/http.carrier" is `std.http`, "group/mtn.carrier" is `group.mtn`, or `mtn` where no other file is called so. The model and the markets of the
// library are known without `use`. A family that no carrier uses is resolved alone. Trees must outlive the call only.
#pragma once

#include <span>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"

namespace tollgate::hir {

// The newest edition this compiler knows.
inline constexpr uint32_t kEdition = 1;

Workspace resolve(std::span<const Tree* const> trees, Sink& sink);

// Takes away the warnings that the files allow; reports what is allowed in vain, for too long or at all wrongly. Once, after all rules.
// `today` is "2026-11-26"; empty: nothing has ended.
void apply_allows(std::span<const Tree* const> trees, std::string_view today, Sink& sink);

}  // namespace tollgate::hir
