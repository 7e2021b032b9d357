// Shapes: the HIR's trees become flat node lists in pre-order, so that every child's index is greater than its parent's.
#include <algorithm>

#include "compiler/lower/lowering.h"
#include "runtime/catalog/catalog.h"

namespace tollgate {
namespace {

bool literal_kind(Kind kind) {
  return kind == Kind::text || kind == Kind::integer || kind == Kind::decimal || kind == Kind::boolean;
}

class ShapeLowering {
 public:
  ShapeLowering(Lowering& lowering, const hir::Shape& from) : lowering_(lowering), from_(from) {
    to_.root = from.root;
    to_.format = lowering.text(from.format);
    number_holes();
  }

  Shape run() {
    node(from_.node);
    return std::move(to_);
  }

 private:
  void number_holes() {
    Index next = 0;
    for (const hir::Hole& hole : from_.holes) {
      if (becomes_literal(from_, hole)) {
        numbers_.push_back(kNone);
        continue;
      }
      numbers_.push_back(next++);
      Hole lowered;
      lowered.name = lowering_.text(hole.name);
      lowered.type = hole.type;
      lowered.reader = hole.reader;
      lowered.argument = hole.argument.empty() ? kNone : lowering_.intern.constant_text(hole.argument);
      lowered.origin = lowering_.text(hole.origin);
      lowered.equal = hole.equal;
      lowered.each = hole.each;
      lowered.finds = hole.finds;
      to_.holes.push_back(lowered);
    }
  }

  Index node(const hir::ShapeNode& from) {
    Index at = static_cast<Index>(to_.nodes.size());
    to_.nodes.emplace_back();
    ShapeNode lowered;
    lowered.kind = from.kind;
    lowered.flags = from.flags;
    lowered.root = from.root;
    lowered.size = from.size;
    switch (from.kind) {
      case NodeKind::literal: lowered.value = lowering_.constant(from.literal); break;
      case NodeKind::hole: fill_hole(from, lowered); break;
      case NodeKind::alternatives:
        if (from.bound) lowered.value = numbers_[from.hole];
        break;
      case NodeKind::codec:
        if (!from.name.empty()) lowered.name = codec_id(from.name);
        lowered.ns = lowering_.text(from.ns);
        break;
      case NodeKind::repeat: lowered.value = numbers_[from.hole]; break;
      case NodeKind::setting: lowered.value = from.hole; break;
      case NodeKind::member: lowered.name = lowering_.intern.text(from.name), lowered.ns = lowering_.text(from.ns); break;
      case NodeKind::pairs: lowered.name = lowering_.text(from.name), lowered.ns = lowering_.text(from.ns); break;
      default: break;
    }
    for (const hir::ShapeNode& child : from.children) lowered.children.push_back(node(child));
    to_.nodes[at] = std::move(lowered);
    return at;
  }

  void fill_hole(const hir::ShapeNode& from, ShapeNode& lowered) {
    const hir::Hole& hole = from_.holes[from.hole];
    if (numbers_[from.hole] == kNone) {
      lowered.kind = NodeKind::literal;
      lowered.value = lowering_.constant(hole.value.constant);
    } else {
      lowered.value = numbers_[from.hole];
    }
  }

  static Index codec_id(std::string_view word) {
    auto id = find_codec(word);
    TG_CHECK(id.has_value(), "a codec that the checker let through");
    return static_cast<Index>(*id);
  }

  Lowering& lowering_;
  const hir::Shape& from_;
  Shape to_;
  std::vector<Index> numbers_;  // of each HIR hole: its index in the module's shape, or kNone for a literal
};

}  // namespace

bool becomes_literal(const hir::Shape& shape, const hir::Hole& hole) {
  return shape.builds && hole.value.kind == hir::ExprKind::constant && literal_kind(hole.value.constant.kind);
}

std::vector<const hir::Expr*> kept_holes(const hir::Shape& shape) {
  std::vector<const hir::Expr*> kept;
  for (const hir::Hole& hole : shape.holes)
    if (!becomes_literal(shape, hole)) kept.push_back(&hole.value);
  return kept;
}

Index Lowering::shape(const hir::Shape& shape) {
  module.shapes.push_back(ShapeLowering(*this, shape).run());
  return static_cast<Index>(module.shapes.size() - 1);
}

Index Lowering::text_shape(const hir::Expr& value, std::vector<const hir::Expr*>& holes) {
  Shape shape;
  shape.root = ShapeRoot::text;
  shape.nodes.emplace_back();
  shape.nodes[0].kind = NodeKind::text;
  auto part = [&](const hir::Expr& expr) {
    ShapeNode node;
    if (expr.kind == hir::ExprKind::constant && literal_kind(expr.constant.kind)) {
      node.kind = NodeKind::literal;
      node.value = constant(expr.constant);
    } else {
      node.kind = NodeKind::hole;
      node.value = static_cast<Index>(shape.holes.size());
      Hole hole;
      hole.type = expr.type;
      hole.origin = text(expr.origin);
      shape.holes.push_back(hole);
      holes.push_back(&expr);
    }
    shape.nodes[0].children.push_back(static_cast<Index>(shape.nodes.size()));
    shape.nodes.push_back(node);
  };
  if (value.kind == hir::ExprKind::join)
    for (const hir::Expr& operand : value.operands) part(operand);
  else
    part(value);
  module.shapes.push_back(std::move(shape));
  return static_cast<Index>(module.shapes.size() - 1);
}

}  // namespace tollgate
