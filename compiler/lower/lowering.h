// What the parts of lowering share: the module under construction, its pools, and where diagnostics go.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/hir/hir.h"
#include "compiler/source/source.h"
#include "runtime/bytecode/intern.h"
#include "runtime/bytecode/module.h"

namespace tollgate {

struct Lowering {
  Lowering(const hir::Workspace& workspace, const hir::Carrier& carrier, const SourceSet& sources, Sink& sink)
      : workspace(workspace), carrier(carrier), sources(sources), sink(sink), intern(module) {}

  const hir::Workspace& workspace;
  const hir::Carrier& carrier;
  const SourceSet& sources;
  Sink& sink;
  Module module;
  Interner intern;

  Index text(std::string_view s) { return s.empty() ? kNone : intern.text(s); }  // "" means "none" in every optional text
  Index constant(const hir::Constant& constant);
  Field field(const hir::Param& param) { return Field{intern.text(param.name), param.type}; }
  Index file(FileId id);              // index into debug.files
  Place place(uint32_t pc, const Span& span);

  // Adds a shape; the holes' values stay with the HIR, in the same order as module.shapes[result].holes (see kept_holes).
  Index shape(const hir::Shape& shape);
  // A text or header value as a shape of root `text`, with the expressions that fill its holes.
  Index text_shape(const hir::Expr& value, std::vector<const hir::Expr*>& holes);

  void promise(PromiseKind kind, std::string_view owner, const hir::Grounds& grounds);
};

// Fills lowering.module with the whole carrier, not yet canonical.
void lower_carrier(Lowering& lowering);

// When building, holes whose value is a constant become literals of the shape. The others, in order, are its holes.
bool becomes_literal(const hir::Shape& shape, const hir::Hole& hole);
std::vector<const hir::Expr*> kept_holes(const hir::Shape& shape);

}  // namespace tollgate
