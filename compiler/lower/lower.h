// Lowering: one checked carrier of the HIR becomes a Module. Precondition of both functions: no error was reported for the workspace. What lowering
// itself can refuse are limits that only show here (registers of one slice, instructions of one jump).
#pragma once

#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"
#include "compiler/source/source.h"
#include "runtime/bytecode/module.h"
#include "runtime/bytecode/test_suite.h"

namespace tollgate {

// The canonical module of workspace.carriers[carrier]; its debug section names places in `sources`.
Module lower(const hir::Workspace& workspace, uint32_t carrier, const SourceSet& sources, Sink& sink);

// The tests for that carrier. Their parts are the same module with the tests' own shapes and slices added, so that they read arguments and kept
// values by the same indices.
TestSuite lower_tests(const hir::Workspace& workspace, uint32_t carrier, const SourceSet& sources, Sink& sink);

}  // namespace tollgate
