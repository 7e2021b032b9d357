// What a Compilation holds. Used inside this room only.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "compiler/ast/syntax.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"
#include "compiler/source/source.h"
#include "runtime/bytecode/module.h"
#include "runtime/bytecode/test_suite.h"
#include "tollgate/compiler.h"

namespace tollgate {

struct Compilation::State {
  SourceSet sources;
  size_t library_files = 0;  // the first so many of them are the library's
  Sink sink;
  std::deque<Tree> trees;
  hir::Workspace workspace;
  std::vector<CompiledCarrier> carriers;
  std::vector<Module> modules;
  mutable std::vector<std::optional<TestSuite>> tests;  // made when asked for
  std::vector<uint32_t> indices;                        // of carriers, into workspace.carriers
  bool defect = false;                                  // the verifier refused what the checker accepted

  void parse_all(std::vector<SourceText> texts);
  // `keep`: what was made is asked for; else only that it can be made.
  void lower_all(bool keep);
};

}  // namespace tollgate
