#include <string>

#include "compiler/lower/lowering.h"

namespace tollgate {

Index Lowering::constant(const hir::Constant& c) {
  switch (c.kind) {
    case Kind::text:
    case Kind::msisdn:
    case Kind::uuid:
    case Kind::url:
    case Kind::bytes:
    case Kind::secret:
      return intern.constant_text(c.text, c.kind);
    default:
      return intern.constant(Constant{c.kind, kNone, c.integer, c.scale, c.currency});
  }
}

Index Lowering::file(FileId id) {
  const std::string& name = sources.file(id).name();
  for (Index i = 0; i < module.debug.files.size(); ++i)
    if (module.debug.files[i] == name) return i;
  module.debug.files.push_back(name);
  return static_cast<Index>(module.debug.files.size() - 1);
}

Place Lowering::place(uint32_t pc, const Span& span) {
  LineColumn at = sources.file(span.file).line_column(span.begin);
  return Place{pc, file(span.file), at.line, at.column};
}

void Lowering::promise(PromiseKind kind, std::string_view owner, const hir::Grounds& grounds) {
  module.promises.push_back({kind, text(owner), text(grounds.because), text(grounds.cites)});
}

}  // namespace tollgate
