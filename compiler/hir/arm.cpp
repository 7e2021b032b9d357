#include "compiler/hir/hir.h"

namespace tollgate::hir {

std::string_view kind_words(ExprKind kind) {
  switch (kind) {
    case ExprKind::poison: return "mistake";
    case ExprKind::constant: return "literal";
    case ExprKind::argument: return "argument";
    case ExprKind::kept: return "kept value";
    case ExprKind::let: return "let";
    case ExprKind::parameter: return "parameter";
    case ExprKind::setting: return "setting";
    case ExprKind::market: return "market fact";
    case ExprKind::session: return "session";
    case ExprKind::hole: return "bound value";
    case ExprKind::call: return "call";
    case ExprKind::join: return "text";
    case ExprKind::host: return "host read";
    case ExprKind::url_of: return "minted URL";
    case ExprKind::bearer_of: return "minted bearer";
    case ExprKind::shape: return "shape";
    case ExprKind::otherwise: return "choice";
    case ExprKind::required: return "what is needed";
    case ExprKind::request: return "request part";
    case ExprKind::element: return "element";
  }
  return "";
}

const Hole* Arm::hole(uint32_t index) const {
  if (shape) {
    if (index < shape->holes.size()) return &shape->holes[index];
    index -= static_cast<uint32_t>(shape->holes.size());
  }
  for (const HeaderPattern& header : headers) {
    if (index < header.shape.holes.size()) return &header.shape.holes[index];
    index -= static_cast<uint32_t>(header.shape.holes.size());
  }
  return nullptr;
}

uint32_t Arm::hole_count() const {
  size_t count = shape ? shape->holes.size() : 0;
  for (const HeaderPattern& header : headers) count += header.shape.holes.size();
  return static_cast<uint32_t>(count);
}

}  // namespace tollgate::hir
